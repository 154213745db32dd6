"""The relational steps of a night in plain SQL: what the columns' arithmetic is held against.

ANSI SQL with window functions over integers only: exact, and the same on every engine. No percentile
function is used; order statistics come from cumulative counts.
"""

#: answers(family, area, owner_group, shop_type, value, headcount) -> one row an owner group, area and family.
#: `value` is the headcount-weighted mean rounded half to even; `shop_type` the one with most headcount.
CONTRIBUTIONS = """
WITH sums AS (
    SELECT family, area, owner_group, SUM(value * headcount) AS total, SUM(headcount) AS heads
    FROM answers GROUP BY family, area, owner_group),
parts AS (
    SELECT family, area, owner_group, total, heads,
           CAST(FLOOR(CAST(total AS DECIMAL(38, 0)) / heads) AS BIGINT) AS guess
    FROM sums),
exact AS (
    SELECT family, area, owner_group, total, heads,
           guess - CASE WHEN guess * heads > total THEN 1 ELSE 0 END
                 + CASE WHEN (guess + 1) * heads <= total THEN 1 ELSE 0 END AS whole
    FROM parts),
types AS (
    SELECT family, area, owner_group, shop_type,
           ROW_NUMBER() OVER (PARTITION BY family, area, owner_group ORDER BY SUM(headcount) DESC,
           shop_type) AS place
    FROM answers GROUP BY family, area, owner_group, shop_type)
SELECT e.family, e.area, e.owner_group, t.shop_type,
       whole + CASE WHEN 2 * (total - whole * heads) > heads THEN 1
                    WHEN 2 * (total - whole * heads) = heads AND MOD(whole, 2) = 1 THEN 1
                    ELSE 0 END AS value
FROM exact e JOIN types t
  ON t.family = e.family AND t.area = e.area AND t.owner_group = e.owner_group AND t.place = 1
ORDER BY e.family, e.area, e.owner_group
"""

#: members(cell, value) and quantiles(quantile, numerator, denominator) and a window -> the sum and number
#: of the order statistics each figure is the mean of. Format with `window=`.
ORDER_STATISTICS = """
WITH counted AS (
    SELECT cell, value, COUNT(*) AS n FROM members GROUP BY cell, value),
cumulated AS (
    SELECT cell, value, n,
           SUM(n) OVER (PARTITION BY cell ORDER BY value ROWS UNBOUNDED PRECEDING) AS upto,
           SUM(n) OVER (PARTITION BY cell) AS size
    FROM counted),
placed AS (
    SELECT c.*, q.quantile, 2 * q.numerator * (size - 1) AS centre, {window} * q.denominator AS reach,
           2 * q.denominator AS unit
    FROM cumulated c CROSS JOIN quantiles q),
bounded AS (
    SELECT p.*,
           CASE WHEN centre <= reach THEN 0
                ELSE (centre - reach - MOD(centre - reach, unit)) / unit
                     + CASE WHEN MOD(centre - reach, unit) > 0 THEN 1 ELSE 0 END END AS low,
           CASE WHEN (centre + reach - MOD(centre + reach, unit)) / unit > size - 1 THEN size - 1
                ELSE (centre + reach - MOD(centre + reach, unit)) / unit END AS high
    FROM placed p),
overlapping AS (
    SELECT cell, quantile, value, low, high,
           CASE WHEN upto - 1 < high THEN upto - 1 ELSE high END
           - CASE WHEN upto - n > low THEN upto - n ELSE low END + 1 AS taken
    FROM bounded)
SELECT cell, quantile, CAST(SUM(value * taken) AS BIGINT) AS total, CAST(SUM(taken) AS BIGINT) AS number
FROM overlapping WHERE taken > 0 GROUP BY cell, quantile ORDER BY cell, quantile
"""
