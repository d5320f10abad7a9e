"""Days in a time zone, and numbered periods that any engine can count and shift."""

from revkit.periods.calendar import FIRST as FIRST
from revkit.periods.calendar import LAST as LAST
from revkit.periods.calendar import PERIODS as PERIODS
from revkit.periods.calendar import Calendar as Calendar
from revkit.periods.calendar import calendar_by as calendar_by
from revkit.periods.calendar import day as day
from revkit.periods.calendar import months_between as months_between
from revkit.periods.moments import begin as begin
from revkit.periods.moments import clock_to_utc as clock_to_utc
from revkit.periods.moments import day_before as day_before
from revkit.periods.moments import day_of as day_of
from revkit.periods.moments import days_after as days_after
from revkit.periods.moments import elapsed as elapsed
from revkit.periods.moments import in_zone as in_zone
from revkit.periods.moments import local_dates as local_dates
from revkit.periods.moments import local_day as local_day
from revkit.periods.moments import zone as zone
from revkit.periods.weeks import WeekYear as WeekYear
