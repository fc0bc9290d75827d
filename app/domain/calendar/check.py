#!/usr/bin/env python3
"""Reads `roster.ics` with a library that is not ours (`icalendar`) and compares it with what was planned.

The file is written by `app/domain/src/roster/calendar.rs`; its tests fail when it is another one.
"""

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
NAME = "Frieda, die Ältere; mit einem Namen, der länger ist als eine Zeile von 75 Oktetten"

# As planned: begin and end on the wall in Berlin, title. The second night is the one with an hour more.
EXPECTED = [
    ("2026-10-17 22:00", "2026-10-18 06:00", NAME, 8),
    ("2026-10-24 22:00", "2026-10-25 06:00", NAME, 9),
    ("2026-10-31 22:00", "2026-11-01 06:00", NAME, 8),
    ("2026-11-07 22:00", "2026-11-08 06:00", NAME, 8),
    ("2026-11-19 12:00", "2026-11-19 14:00", f"{NAME} (Briefe)", 2),
    ("2026-11-20 14:00", "2026-11-20 17:00", "offen", 3),
]


def main() -> int:
    calendar = Calendar.from_ical((Path(__file__).parent / "roster.ics").read_bytes())
    found = []
    for event in calendar.walk("VEVENT"):
        begin, end = event.decoded("DTSTART"), event.decoded("DTEND")
        wall = [moment.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") for moment in (begin, end)]
        hours = (end - begin).total_seconds() / 3600
        found.append((*wall, str(event["SUMMARY"]), hours))
        assert isinstance(event.decoded("DTSTAMP"), datetime) and str(event["UID"]).endswith("@beistand")
    assert found == EXPECTED, found
    assert len({str(event["UID"]) for event in calendar.walk("VEVENT")}) == len(EXPECTED)
    # The library leaves the escapes of a property that it does not know.
    assert str(calendar.calendar_name).replace("\\", "") == "Jugendteam; Dienstplan"
    print(f"{len(found)} events read by icalendar")
    return 0


if __name__ == "__main__":
    sys.exit(main())
