"""What is plausible, in one table, and the annotated types of the fields made from it."""

from datetime import date
from typing import Annotated, Final

from pydantic import Field

from chalicelib.submissions.fields import Day, DollarRange, Number, NumberRange, Percent, PercentRange
from chalicelib.values import WHOLE, Usd

# Pay an hour: from the federal minimum wage, $7.25 since 24 July 2009 (29 U.S.C. 206(a)(1)(C)), up to more
# than three times the highest 90th percentile of any vehicle occupation in any state ($74.44, supervisors in
# California: Bureau of Labor Statistics, Occupational Employment and Wage Statistics, May 2025). The other
# figures of pay plans are what can lead to such an hour in a full-time year of 2,080 hours; what they come to
# together is held against the same range.
# Hours: a week has 168; above 100 on the clock it is a slip. A fast technician flags half as much again.
# Labor rates: posted door rates run from two-digit ones in small body shops to about $300 in large cities;
# twice that leaves room for exotic makes and years to come. Below $20 a rate would not pay the technician.
# Benefits: generous for one person; an amount of nothing is a benefit that is not offered.
HOURLY_PAY: Final = DollarRange(7_25, 250_00, "an hour", 27_50)
ANNUAL_SALARY: Final = DollarRange(5_000_00, 520_000_00, "a year", 68_000_00)
ANNUAL_BONUS: Final = DollarRange(0, 260_000_00, "a year", 4_000_00)
WEEKLY_GUARANTEE: Final = DollarRange(50_00, 10_000_00, "a week", 1_000_00)
WEEKLY_LABOR_SALES: Final = DollarRange(100_00, 60_000_00, "a week", 5_200_00)
LABOR_SHARE: Final = PercentRange(1_00, 90_00, "of labor sales", 32_50)
WEEKLY_HOURS: Final = NumberRange(1_00, 100_00, "hours a week", 40_00)
WEEKLY_FLAGGED_HOURS: Final = NumberRange(1_00, 150_00, "flagged hours a week", 44_50)
LABOR_RATE: Final = DollarRange(20_00, 600_00, "an hour", 165_00)
RETIREMENT_MATCH: Final = PercentRange(1, 25_00, "of pay", 4_00)
YEARLY_DAYS: Final = NumberRange(50, 90_00, "days a year", 10_00)
YEARLY_ALLOWANCE: Final = DollarRange(1_00, 20_000_00, "a year", 600_00)
SIGN_ON_BONUS: Final = DollarRange(1_00, 100_000_00, "once", 3_000_00)

WEEKS_PER_YEAR: Final = 52
MAX_HEADCOUNT: Final = 999
EARLIEST_EFFECTIVE: Final = date(2015, 1, 1)
"""Older figures say nothing of today's market, and a date before it is mostly a slip."""

HourlyPay = Annotated[Usd, HOURLY_PAY]
AnnualSalary = Annotated[Usd, ANNUAL_SALARY]
AnnualBonus = Annotated[Usd, ANNUAL_BONUS]
WeeklyGuarantee = Annotated[Usd, WEEKLY_GUARANTEE]
WeeklyLaborSales = Annotated[Usd, WEEKLY_LABOR_SALES]
LaborShare = Annotated[Percent, LABOR_SHARE]
WeeklyFlaggedHours = Annotated[Number, WEEKLY_FLAGGED_HOURS]
# The default is in hundredths of an hour; what the schema shows is the number that a client would send.
WeeklyHours = Annotated[Number, WEEKLY_HOURS, Field(json_schema_extra={"default": 40})]
WeeksPerYear = Annotated[int, Field(strict=True, ge=1, le=WEEKS_PER_YEAR), WHOLE]
Headcount = Annotated[int, Field(strict=True, ge=1, le=MAX_HEADCOUNT, examples=[3]), WHOLE]
LaborRateUsd = Annotated[Usd, LABOR_RATE]
MatchPercent = Annotated[Percent, RETIREMENT_MATCH]
DaysPerYear = Annotated[Number, YEARLY_DAYS]
YearlyAllowance = Annotated[Usd, YEARLY_ALLOWANCE]
SignOnBonus = Annotated[Usd, SIGN_ON_BONUS]
EffectiveDate = Annotated[Day, Field(examples=["2025-01-01"])]
