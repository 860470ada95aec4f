"""What a person is found by: a column of words that PostgreSQL computes itself, with an index for beginnings.

For 张晓明 (zhang xiaoming, zxm) the words are 张晓明 晓明 明, zhangxiaoming xiaoming, zxm xm m: every ending of the name,
of the pinyin's words, of the initials; so a part from anywhere in the name is the beginning of some word. Django does
not know the column and never reads it: `yingbao.people.search` alone asks for it.
"""

from django.db import migrations

WORDS = r"""
CREATE FUNCTION people_search_words(name text, pinyin text, initials text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array(
        SELECT substr(plain, place) FROM (SELECT regexp_replace(lower(name), '[ ·.,''’-]', '', 'g') AS plain) n,
            generate_series(1, length(plain)) AS place
        UNION
        SELECT replace(substr(pinyin, place), ' ', '') FROM generate_series(1, length(pinyin)) AS place
        WHERE place = 1 OR substr(pinyin, place - 1, 1) = ' '
        UNION
        SELECT substr(initials, place) FROM generate_series(1, length(initials)) AS place
        EXCEPT SELECT ''
    ))
$$;
ALTER TABLE people_person ADD COLUMN search_words tsvector
    GENERATED ALWAYS AS (people_search_words(name, name_pinyin, name_initials)) STORED;
CREATE INDEX person_search_words ON people_person USING gin (search_words);
"""
UNDO = """
ALTER TABLE people_person DROP COLUMN search_words;
DROP FUNCTION people_search_words;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_history")]

    operations = [migrations.RunSQL(WORDS, UNDO)]
