"""What a person is found by: a column of words that PostgreSQL computes itself, with an index for beginnings.

For 张晓明 (zhang xiaoming, zxm) the words are 张晓明 晓明 明, zhangxiaoming xiaoming, zxm xm m: every ending of the name,
of the pinyin's words, of the initials; so a part from anywhere in the name is the beginning of some word. Django does
not know the column and never reads it: `yingbao.people.search` alone asks for it.
"""

from django.db import migrations

WORDS = r"""
CREATE FUNCTION people_search_words(name text, pinyin text, initials text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
-- Loops, because they are fifteen times as fast as the same in one SQL expression.
DECLARE
    words text[] := '{}';
    plain text := translate(lower(name), ' ·.,''’-', '');
    syllables text[] := string_to_array(pinyin, ' ');
BEGIN
    FOR place IN 1..length(plain) LOOP
        words := words || substr(plain, place);
    END LOOP;
    FOR place IN 1..coalesce(array_length(syllables, 1), 0) LOOP
        words := words || array_to_string(syllables[place:], '');
    END LOOP;
    FOR place IN 1..length(initials) LOOP
        words := words || substr(initials, place);
    END LOOP;
    RETURN array_to_tsvector(array_remove(words, ''));
END $$;
ALTER TABLE people_person ADD COLUMN search_words tsvector
    GENERATED ALWAYS AS (people_search_words(name, name_pinyin, name_initials)) STORED;
CREATE INDEX person_search_words ON people_person USING gin (search_words);
"""
UNDO = """
ALTER TABLE people_person DROP COLUMN search_words;
DROP FUNCTION people_search_words;
"""

# Who asks for words under row-level security (ADR 22) would make PostgreSQL look at every person: matching words is
# not leakproof, so it comes after the policy. This finds keys, and nothing but keys, as the owner of the table.
NAMED = """
CREATE FUNCTION people_named(wanted tsquery, most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 200 AS $$
    SELECT id FROM people_person WHERE search_words @@ wanted LIMIT most
$$;
"""


class Migration(migrations.Migration):
    replaces = [("people", "0004_search"), ("people", "0007_named")]

    dependencies = [("people", "0002_history")]

    operations = [migrations.RunSQL(WORDS, UNDO), migrations.RunSQL(NAMED, "DROP FUNCTION people_named;")]
