"""The second wall: PostgreSQL itself shows a desk its own rows and lets it write its own tables. 行级安全

A view that forgets `visible_to` still shows nothing of another school, pooling area or family. While a request is
answered the connection works under the desk's database role, which row-level security narrows to the appointment
(`seating`). What a role may do to which table is said in `duties`, which rows it reaches in `rows`; `raising` puts both
into the database after every `migrate`. Jobs, commands and migrations run as the owner of the tables, who stands
outside.

Two doors, each with its reason: `beyond` lifts the rows' wall and keeps the desk's duties; `by_platform` is for what
the platform does of its own accord. docs/adr/0022-a-second-wall.md tells why.
"""

from __future__ import annotations

from yingbao.web.wall.seating import beyond, by_platform, family_of, seated

__all__ = ["beyond", "by_platform", "family_of", "seated"]
