"""Answers in a CSV file, one a row, to a frame: what a data steward tries a policy on."""

from pathlib import Path

import duckdb
import numpy as np

from chalicelib.errors import InvalidInput
from chalicelib.exchange.frame import ALL, LONG_AGO, Codes, Frame, Places
from chalicelib.exchange.metric_kinds import kind_of

REQUIRED = ("org_id", "nation", "division", "state", "area", "shop_type", "position", "metric", "value")
#: Values above this many cents (20 million dollars) are refused: no pay, rate or benefit is that large.
MAX_CENTS = 2_000_000_000


def read_csv(path: Path) -> Frame:
    """The frame in a CSV file. Raises InvalidInput naming the file, the line and the column.

    Dollars become integer cents by exact decimal arithmetic, half to even.
    """
    if not path.is_file():
        raise InvalidInput(f"{path}: not a file")
    with duckdb.connect(config={"threads": 1}) as db:
        header = _load(db, path)
        if missing := [name for name in REQUIRED if name not in header]:
            raise InvalidInput(
                f"{path}: missing column {', '.join(missing)}; the header has {', '.join(header)}"
            )
        db.execute(f"CREATE TABLE answers AS {_answers_sql(header)}")
        db.execute("DROP TABLE lines")
        _refuse_bad_rows(db, path)
        return _encode(db, path)


def _load(db: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Load every line as text and return the header."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: not readable as UTF-8 text ({error})") from error
    header = [name.strip().strip('"').lower() for name in first.strip().split(",")]
    if not first.strip():
        raise InvalidInput(f"{path}: empty; the first line must name the columns {', '.join(REQUIRED)}")
    if len(set(header)) < len(header):
        raise InvalidInput(f"{path}: a column is named twice in the header {', '.join(header)}")
    columns = dict.fromkeys(header, "VARCHAR")
    try:
        db.execute("CREATE SEQUENCE line_number START 2")
        db.execute(
            "CREATE TABLE lines AS SELECT nextval('line_number') AS line, * FROM read_csv(?, header = true,"
            " columns = ?, delim = ',', quote = '\"', escape = '\"', auto_detect = false)",
            [str(path), columns],
        )
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise InvalidInput(f"{path}: not a CSV table with the columns of its header ({reason})") from error
    return header


def _answers_sql(header: list[str]) -> str:
    """Typed columns. A column that cannot be read becomes null and is reported by `_refuse_bad_rows`.

    Cents are split into whole and fraction, so that halves go to even without leaving exact decimals.
    """
    group = (
        "coalesce(nullif(trim(owner_group), ''), trim(org_id))" if "owner_group" in header else "trim(org_id)"
    )
    date = "nullif(trim(effective_date), '')" if "effective_date" in header else "NULL"
    heads = "coalesce(nullif(trim(headcount), ''), '1')" if "headcount" in header else "'1'"
    texts = ", ".join(f"coalesce(trim({name}), '') AS {name}" for name in REQUIRED if name != "value")
    return f"""
        WITH typed AS (
            SELECT line, {texts}, {group} AS owner_group, value AS text,
                   {date} AS date_text, {heads} AS head_text,
                   coalesce(TRY_CAST(trim(value) AS DECIMAL(38, 18)),
                            TRY_CAST(TRY_CAST(trim(value) AS DOUBLE) AS DECIMAL(38, 18))) AS dollars
            FROM lines),
        counted AS (
            SELECT *, 100 * CASE WHEN dollars > {MAX_CENTS} THEN {MAX_CENTS} ELSE dollars END AS cents
            FROM typed)
        SELECT * EXCLUDE (position, dollars),
               CASE WHEN position = '' THEN '{ALL}' ELSE position END AS position,
               TRY_CAST(floor(cents) AS HUGEINT) AS whole, cents - floor(cents) AS fraction,
               TRY_CAST(head_text AS INTEGER) AS heads,
               CAST(TRY_CAST(date_text AS DATE) - DATE '1970-01-01' AS INTEGER) AS effective
        FROM counted"""  # noqa: S608 - of names in this module


def _refuse_bad_rows(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Raise InvalidInput for the first row that cannot be used."""
    blank = [name for name in REQUIRED if name not in ("value", "position")]
    checks = [(f"{name} = ''", name, "is empty; every row needs it") for name in blank]
    checks += [
        ("cents IS NULL", "value", "is not a number; give dollars as a decimal, or 0 or 1"),
        ("cents < 0", "value", "is negative; amounts start at 0"),
        (f"cents > {MAX_CENTS}", "value", "is over 20 million dollars; give dollars, not cents"),
        (
            "heads IS NULL OR heads < 1 OR heads > 1000000",
            "headcount",
            "is not a whole number from 1 to 1000000",
        ),
        ("date_text IS NOT NULL AND effective IS NULL", "effective_date", "is not a date; write YYYY-MM-DD"),
    ]
    texts = {"value": "text", "headcount": "head_text", "effective_date": "date_text"}
    for condition, column, what in checks:
        shown = texts.get(column, column)
        row = db.execute(
            f"SELECT line, {shown} FROM answers WHERE {condition} ORDER BY line LIMIT 1"  # noqa: S608 - of names in this module
        ).fetchone()
        if row:
            raise InvalidInput(f"{path}: line {row[0]}: {column} {row[1]!r} {what}")


def _encode(db: duckdb.DuckDBPyConnection, path: Path) -> Frame:
    """Sorted dictionaries and codes, by joins."""
    metrics = [row[0] for row in db.execute("SELECT DISTINCT metric FROM answers ORDER BY metric").fetchall()]
    flags = [metric for metric in metrics if kind_of(metric).is_share]
    amounts = db.execute(
        "SELECT DISTINCT metric FROM answers WHERE metric IN (SELECT unnest(?::VARCHAR[]))"
        " AND cents NOT IN (0, 100) ORDER BY metric",
        [flags],
    ).fetchall()
    places = _places(db, path)
    dictionaries: dict[str, list[tuple[str, ...]]] = {}
    for name, key in (
        ("org", "org_id"),
        ("owner", "owner_group"),
        ("kind", "shop_type"),
        ("family", "metric, position"),
    ):
        db.execute(
            f"CREATE TABLE {name}_codes AS SELECT {key}, CAST(row_number() OVER (ORDER BY {key}) - 1"  # noqa: S608 - of names in this module
            f" AS INTEGER) AS code FROM (SELECT DISTINCT {key} FROM answers)"
        )
        dictionaries[name] = db.execute(f"SELECT {key} FROM {name}_codes ORDER BY code").fetchall()  # noqa: S608 - of names in this module
    columns = db.execute(
        """SELECT o.code AS org, g.code AS owner, p.code AS area, k.code AS kind, f.code AS family,
                  CAST(CASE WHEN fraction > 0.5 OR (fraction = 0.5 AND whole % 2 = 1) THEN whole + 1
                       ELSE whole END AS BIGINT) AS value,
                  CAST(heads AS BIGINT) AS heads, coalesce(effective, ?) AS effective
           FROM answers JOIN org_codes o USING (org_id) JOIN owner_codes g USING (owner_group)
           JOIN kind_codes k USING (shop_type) JOIN family_codes f USING (metric, position)
           JOIN area_codes p USING (nation, division, state, area)""",
        [LONG_AGO],
    ).fetchnumpy()

    def codes(name: str) -> Codes:
        return np.asarray(columns[name], np.int32)

    return Frame(
        orgs=tuple(row[0] for row in dictionaries["org"]),
        groups=tuple(row[0] for row in dictionaries["owner"]),
        shop_types=tuple(row[0] for row in dictionaries["kind"]),
        families=tuple((row[0], row[1]) for row in dictionaries["family"]),
        places=places,
        org=codes("org"),
        group=codes("owner"),
        area=codes("area"),
        shop_type=codes("kind"),
        family=codes("family"),
        value=np.asarray(columns["value"], np.int64),
        headcount=np.asarray(columns["heads"], np.int64),
        effective=codes("effective"),
        amounts=tuple(row[0] for row in amounts),
    )


def _places(db: duckdb.DuckDBPyConnection, path: Path) -> Places:
    """The nest of places. An area met in several states is as many areas, one in each."""
    for child, parent in (("division", "nation"), ("state", "division")):
        clash = db.execute(
            f"SELECT {child}, min({parent}), max({parent}) FROM answers GROUP BY {child}"  # noqa: S608 - of names in this module
            f" HAVING min({parent}) < max({parent}) ORDER BY {child} LIMIT 1"
        ).fetchone()
        if clash:
            raise InvalidInput(
                f"{path}: {child} {clash[0]!r} lies in {parent} {clash[1]!r} and in {clash[2]!r};"
                " places must nest"
            )
    db.execute(
        """CREATE TABLE area_codes AS
           SELECT *, CAST(row_number() OVER (ORDER BY area, state) - 1 AS INTEGER) AS code
           FROM (SELECT DISTINCT nation, division, state, area FROM answers)"""
    )
    rows = db.execute("SELECT area, state, division, nation FROM area_codes ORDER BY code").fetchall()
    names = [tuple(sorted({row[level] for row in rows})) for level in (1, 2, 3)]
    index = [{name: code for code, name in enumerate(level)} for level in names]
    state_division = {row[1]: row[2] for row in rows}
    division_nation = {row[2]: row[3] for row in rows}
    return Places(
        areas=tuple(row[0] for row in rows),
        states=names[0],
        divisions=names[1],
        nations=names[2],
        area_state=np.array([index[0][row[1]] for row in rows], np.int32),
        state_division=np.array([index[1][state_division[name]] for name in names[0]], np.int32),
        division_nation=np.array([index[2][division_nation[name]] for name in names[1]], np.int32),
    )
