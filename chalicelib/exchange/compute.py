"""From the contributions of a night to its cells: one function, plain columns in and plain rows out.

Set-based and on integers throughout, so that the result does not depend on the engine, its threads, or the
order of the rows: a quantile is a sum over ranks of cumulative counts, never an interpolation in floating
point.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from chalicelib.exchange.metric_kinds import kind_of
from chalicelib.exchange.models import Cell, Contributions
from chalicelib.exchange.policy import Policy

if TYPE_CHECKING:
    import duckdb
    import numpy as np

_MEMORY: Final = "1GB"
_THREADS: Final = 2

_COUNTED: Final = """
CREATE TABLE counted AS
SELECT * FROM contributions JOIN kinds USING (metric) WHERE effective_day <= $newest_day
"""

_CELLS: Final = """
-- The finest places of a metric that cells are made of, and the six cells each belongs to: state, division
-- and nation, with its shop type and with all of them. Numbers stand for both from here on: joins of numbers
-- are cheap.
CREATE TABLE leaves AS
SELECT CAST(row_number() OVER () AS INTEGER) AS leaf, *
FROM (SELECT DISTINCT metric, position, division, state, shop_type, is_share, step FROM counted);

CREATE TABLE covers AS
SELECT leaf, metric, position, loc_level, is_share, step,
       CASE loc_level WHEN 'state' THEN state WHEN 'division' THEN division ELSE 'US' END AS loc,
       CASE WHEN typed THEN shop_type ELSE 'all' END AS shop_type
FROM leaves
CROSS JOIN (VALUES ('state'), ('division'), ('nation')) AS levels (loc_level)
CROSS JOIN (VALUES (true), (false)) AS types (typed);

CREATE TABLE cells AS
SELECT CAST(row_number() OVER () AS INTEGER) AS cell, *
FROM (SELECT DISTINCT metric, position, loc_level, loc, shop_type, is_share, step FROM covers);

CREATE TABLE groups AS
SELECT CAST(row_number() OVER () AS INTEGER) AS owner, owner_group
FROM (SELECT DISTINCT owner_group FROM counted)
"""

_VOICES: Final = """
CREATE TABLE voices AS
-- An owner group speaks once in an area, shop type and position: the weighted mean of its rows, half up. A
-- yes is 10,000 hundredths of a percent, so that a group of several locations can be partly one.
SELECT leaf, owner,
       CAST((2 * sum(value * weight * scale) + sum(weight)) // (2 * sum(weight)) AS BIGINT) AS value,
       CAST(sum(weight) AS BIGINT) AS weight
FROM (SELECT leaf, owner, area, value, weight, CASE WHEN leaves.is_share THEN 10000 ELSE 1 END AS scale
      FROM counted
      JOIN leaves USING (metric, position, division, state, shop_type)
      JOIN groups USING (owner_group))
GROUP BY leaf, area, owner;

CREATE TABLE placed AS
SELECT cell, owner, value, weight, is_share
FROM voices
JOIN (SELECT leaf, cell, is_share
      FROM covers JOIN cells USING (metric, position, loc_level, loc, shop_type, is_share, step)) USING (leaf)
"""

_SAFE: Final = """
CREATE TABLE safe AS
-- What each owner group has of a cell, by number of voices, by weight, and by value; of a share, where a
-- value says only yes or no, weight stands for value.
WITH held AS (
    SELECT cell, owner, count(*) AS voices, sum(weight) AS weight,
           sum(CASE WHEN is_share THEN weight ELSE weight * value END) AS amount
    FROM placed
    GROUP BY cell, owner
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY cell ORDER BY amount DESC) AS place
    FROM held
)
SELECT cell, CAST(count(*) AS BIGINT) AS owner_groups, CAST(sum(voices) AS BIGINT) AS voices
FROM ranked
GROUP BY cell
HAVING count(*) >= $k
   AND 100 * max(voices) <= $share_percent * sum(voices)
   AND 100 * max(weight) <= $share_percent * sum(weight)
   AND 100 * max(amount) <= $share_percent * sum(amount)
   AND 100 * sum(CASE WHEN place > 2 THEN amount ELSE 0 END) >= $p_percent * max(amount)
"""

_FIGURES: Final = """
WITH windows AS (
    -- Ranks from 1 whose values are averaged: an odd window round the middle, one wider where the number is
    -- even.
    SELECT *, CASE WHEN voices % 2 = 1 THEN $window ELSE $window + 1 END AS width,
           (voices + 3) // 4 AS quarter, ($window - 1) // 2 AS reach
    FROM safe
), ranks AS (
    SELECT *, (voices - width) // 2 + 1 AS p50_low, (voices + width) // 2 AS p50_high,
           quarter - reach AS p25_low, quarter + reach AS p25_high,
           voices + 1 - quarter - reach AS p75_low, voices + 1 - quarter + reach AS p75_high
    FROM windows
), tallied AS (
    SELECT cell, value, count(*) AS n
    FROM placed JOIN safe USING (cell)
    GROUP BY cell, value
), cumulated AS (
    SELECT *, sum(n) OVER (PARTITION BY cell ORDER BY value) AS last_rank
    FROM tallied
), summed AS (
    SELECT cell, owner_groups, voices, width, sum(value * n) AS total,
           sum(value * greatest(0, least(last_rank, p50_high) - greatest(last_rank - n, p50_low - 1))) AS p50,
           sum(value * greatest(0, least(last_rank, p25_high) - greatest(last_rank - n, p25_low - 1))) AS p25,
           sum(value * greatest(0, least(last_rank, p75_high) - greatest(last_rank - n, p75_low - 1))) AS p75
    FROM cumulated JOIN ranks USING (cell)
    GROUP BY cell, owner_groups, voices, width
)
-- Rounded half up to the step. A share under 5 % is 0 and one over 95 % is 100: they print as "<5" and ">95".
SELECT loc_level, loc, shop_type, position, metric, owner_groups,
       CAST(CASE WHEN is_share AND total < 500 * voices THEN 0
                 WHEN is_share AND total > 9500 * voices THEN 100
                 WHEN is_share THEN (2 * total + 100 * step * voices) // (200 * step * voices) * step
                 ELSE (2 * p50 + step * width) // (2 * step * width) * step END AS BIGINT) AS median,
       CAST(CASE WHEN NOT is_share AND owner_groups >= $quartiles_from
                 THEN (2 * p25 + step * $window) // (2 * step * $window) * step END AS BIGINT) AS p25,
       CAST(CASE WHEN NOT is_share AND owner_groups >= $quartiles_from
                 THEN (2 * p75 + step * $window) // (2 * step * $window) * step END AS BIGINT) AS p75
FROM summed JOIN cells USING (cell)
ORDER BY loc_level, loc, shop_type, position, metric
"""


def publish(contributions: Contributions, night: date, policy: Policy) -> list[Cell]:
    """The cells that may be published on a night, in the order of their keys.

    A cell is a state, a division or the nation x a shop type or all x a position x a metric. It is there only
    where the policy's rules on owner groups hold, and rests only on values at least the policy's age old on
    that night.
    """
    if not len(contributions):
        return []
    with TemporaryDirectory() as scratch:
        database = _connect(scratch)
        try:
            rows = _figures(database, contributions, night, policy)
        finally:
            database.close()
    return [
        Cell(
            level, loc, shop_type, position, metric, policy.band(owner_groups), median, p25, p75, as_of=night
        )
        for level, loc, shop_type, position, metric, owner_groups, median, p25, p75 in rows
    ]


def _connect(scratch: str) -> "duckdb.DuckDBPyConnection":
    # DuckDB takes its time to import, and only the nightly function needs it.
    import duckdb

    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": _MEMORY,
            "threads": _THREADS,
            "temp_directory": scratch,
            "home_directory": scratch,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        },
    )


def _figures(
    database: "duckdb.DuckDBPyConnection", contributions: Contributions, night: date, policy: Policy
) -> list[tuple[str, str, str, str, str, int, int, int | None, int | None]]:
    import numpy as np

    metrics = sorted(set(contributions.metric))
    kinds = [kind_of(metric) for metric in metrics]
    database.register(
        "kinds",
        {
            "metric": _texts(metrics),
            "step": np.array([kind.step for kind in kinds], dtype=np.int64),
            "is_share": np.array([kind.is_share for kind in kinds], dtype=np.bool_),
        },
    )
    texts = ("owner_group", "division", "state", "area", "shop_type", "metric", "position")
    integers = ("value", "weight", "effective_day")
    database.register(
        "contributions",
        {name: _texts(getattr(contributions, name)) for name in texts}
        | {name: np.asarray(getattr(contributions, name), dtype=np.int64) for name in integers},
    )
    newest = night - timedelta(days=policy.minimum_age_days)
    database.execute(_COUNTED, {"newest_day": (newest - date(1970, 1, 1)).days})
    database.execute(_CELLS)
    database.execute(_VOICES)
    rules = {"k": policy.k, "share_percent": policy.share_percent, "p_percent": policy.p_percent}
    database.execute(_SAFE, rules)
    return database.execute(
        _FIGURES, {"window": policy.median_window, "quartiles_from": policy.quartiles_from}
    ).fetchall()


def _texts(column: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    import numpy as np

    return np.array(column, dtype=object)
