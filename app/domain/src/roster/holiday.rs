//! Holidays of the German states, computed.
//!
//! Sources: the holiday acts of the 16 states and the Unification Treaty, Article 2(2) (3 October), as of 2026.
//! What holds only in single municipalities (Corpus Christi in parts of Saxony and Thuringia, the Assumption in
//! Catholic municipalities of Bavaria, the Peace Festival of Augsburg) is not here: teams add it as a closing.

use beistand_protocol::roster::{Day, Holiday, State};

/// Easter Sunday (the anonymous Gregorian computation, Nature 13, 1876).
#[must_use]
pub fn easter(year: i32) -> Day {
    let (golden, century, part) = (year % 19, year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (part / 4) - epact - part % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let sum = epact + weekday - 7 * shift + 114;
    Day::of(year, sum / 31, sum % 31 + 1)
}

/// The holidays of a state in a year, in order of the calendar.
#[must_use]
pub fn of_year(state: State, year: i32) -> Vec<(Day, Holiday)> {
    use Holiday as H;
    use State as S;
    let easter = easter(year);
    let fixed = |month, day| Day::of(year, month, day);
    let northern = matches!(state, S::Bremen | S::Hamburg | S::Niedersachsen | S::SchleswigHolstein);
    let eastern = matches!(
        state,
        S::Brandenburg | S::MecklenburgVorpommern | S::Sachsen | S::SachsenAnhalt | S::Thueringen
    );
    let liberation = state == S::Berlin && (year == 2020 || year == 2025);
    let mut all = vec![
        (true, fixed(1, 1), H::Neujahr),
        (
            matches!(state, S::BadenWuerttemberg | S::Bayern | S::SachsenAnhalt),
            fixed(1, 6),
            H::HeiligeDreiKoenige,
        ),
        (
            (state == S::Berlin && year >= 2019) || (state == S::MecklenburgVorpommern && year >= 2023),
            fixed(3, 8),
            H::Frauentag,
        ),
        (true, easter.plus(-2), H::Karfreitag),
        (state == S::Brandenburg, easter, H::Ostersonntag),
        (true, easter.plus(1), H::Ostermontag),
        (true, fixed(5, 1), H::TagDerArbeit),
        (liberation, fixed(5, 8), H::TagDerBefreiung),
        (true, easter.plus(39), H::ChristiHimmelfahrt),
        (state == S::Brandenburg, easter.plus(49), H::Pfingstsonntag),
        (true, easter.plus(50), H::Pfingstmontag),
        (
            matches!(
                state,
                S::BadenWuerttemberg
                    | S::Bayern
                    | S::Hessen
                    | S::NordrheinWestfalen
                    | S::RheinlandPfalz
                    | S::Saarland
            ),
            easter.plus(60),
            H::Fronleichnam,
        ),
        (state == S::Saarland, fixed(8, 15), H::MariaeHimmelfahrt),
        (state == S::Thueringen && year >= 2019, fixed(9, 20), H::Weltkindertag),
        (true, fixed(10, 3), H::TagDerDeutschenEinheit),
        // In 2017, 500 years after, everywhere.
        (eastern || (northern && year >= 2018) || year == 2017, fixed(10, 31), H::Reformationstag),
        (
            matches!(
                state,
                S::BadenWuerttemberg | S::Bayern | S::NordrheinWestfalen | S::RheinlandPfalz | S::Saarland
            ),
            fixed(11, 1),
            H::Allerheiligen,
        ),
        // The Wednesday before 23 November.
        (
            state == S::Sachsen,
            fixed(11, 22).plus(-((i32::from(fixed(11, 22).weekday()) + 5) % 7)),
            H::BussUndBettag,
        ),
        (true, fixed(12, 25), H::ErsterWeihnachtstag),
        (true, fixed(12, 26), H::ZweiterWeihnachtstag),
    ];
    all.retain(|(holds, _, _)| *holds);
    let mut all: Vec<_> = all.into_iter().map(|(_, day, holiday)| (day, holiday)).collect();
    all.sort_unstable();
    all
}

/// The holiday on a day, if it is one.
#[must_use]
pub fn on(state: Option<State>, day: Day) -> Option<Holiday> {
    of_year(state?, day.date().0).into_iter().find(|(of, _)| *of == day).map(|(_, holiday)| holiday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_sundays() {
        // Physikalisch-Technische Bundesanstalt, table of Easter Sundays.
        for (year, month, day) in [
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            (2035, 3, 25),
            (2038, 4, 25),
            (2076, 4, 19),
        ] {
            assert_eq!(easter(year), Day::of(year, month, day));
        }
        assert!((2000..2200).all(|year| easter(year).weekday() == 6));
    }

    /// All holidays of a state in a year, as the states publish them: day and month.
    fn check(state: State, year: i32, expect: &str) {
        let found: Vec<String> = of_year(state, year)
            .into_iter()
            .map(|(day, _)| format!("{}.{}.", day.date().2, day.date().1))
            .collect();
        assert_eq!(found.join(" "), expect, "{state:?} {year}");
    }

    #[test]
    fn official_dates() {
        use State as S;
        check(S::Sachsen, 2024, "1.1. 29.3. 1.4. 1.5. 9.5. 20.5. 3.10. 31.10. 20.11. 25.12. 26.12.");
        check(S::Sachsen, 2025, "1.1. 18.4. 21.4. 1.5. 29.5. 9.6. 3.10. 31.10. 19.11. 25.12. 26.12.");
        check(S::Sachsen, 2026, "1.1. 3.4. 6.4. 1.5. 14.5. 25.5. 3.10. 31.10. 18.11. 25.12. 26.12.");
        check(S::Sachsen, 2027, "1.1. 26.3. 29.3. 1.5. 6.5. 17.5. 3.10. 31.10. 17.11. 25.12. 26.12.");
        check(S::Sachsen, 2028, "1.1. 14.4. 17.4. 1.5. 25.5. 5.6. 3.10. 31.10. 22.11. 25.12. 26.12.");
        check(S::Bayern, 2026, "1.1. 6.1. 3.4. 6.4. 1.5. 14.5. 25.5. 4.6. 3.10. 1.11. 25.12. 26.12.");
        check(
            S::BadenWuerttemberg,
            2025,
            "1.1. 6.1. 18.4. 21.4. 1.5. 29.5. 9.6. 19.6. 3.10. 1.11. 25.12. 26.12.",
        );
        check(S::Berlin, 2025, "1.1. 8.3. 18.4. 21.4. 1.5. 8.5. 29.5. 9.6. 3.10. 25.12. 26.12.");
        check(S::Berlin, 2026, "1.1. 8.3. 3.4. 6.4. 1.5. 14.5. 25.5. 3.10. 25.12. 26.12.");
        check(S::Brandenburg, 2026, "1.1. 3.4. 5.4. 6.4. 1.5. 14.5. 24.5. 25.5. 3.10. 31.10. 25.12. 26.12.");
        check(S::MecklenburgVorpommern, 2022, "1.1. 15.4. 18.4. 1.5. 26.5. 6.6. 3.10. 31.10. 25.12. 26.12.");
        check(
            S::MecklenburgVorpommern,
            2023,
            "1.1. 8.3. 7.4. 10.4. 1.5. 18.5. 29.5. 3.10. 31.10. 25.12. 26.12.",
        );
        for northern in [S::Bremen, S::Hamburg, S::Niedersachsen, S::SchleswigHolstein] {
            check(northern, 2016, "1.1. 25.3. 28.3. 1.5. 5.5. 16.5. 3.10. 25.12. 26.12.");
            check(northern, 2026, "1.1. 3.4. 6.4. 1.5. 14.5. 25.5. 3.10. 31.10. 25.12. 26.12.");
        }
        check(S::Hessen, 2026, "1.1. 3.4. 6.4. 1.5. 14.5. 25.5. 4.6. 3.10. 25.12. 26.12.");
        check(S::Hessen, 2017, "1.1. 14.4. 17.4. 1.5. 25.5. 5.6. 15.6. 3.10. 31.10. 25.12. 26.12.");
        for western in [S::NordrheinWestfalen, S::RheinlandPfalz] {
            check(western, 2027, "1.1. 26.3. 29.3. 1.5. 6.5. 17.5. 27.5. 3.10. 1.11. 25.12. 26.12.");
        }
        check(S::Saarland, 2026, "1.1. 3.4. 6.4. 1.5. 14.5. 25.5. 4.6. 15.8. 3.10. 1.11. 25.12. 26.12.");
        check(S::SachsenAnhalt, 2026, "1.1. 6.1. 3.4. 6.4. 1.5. 14.5. 25.5. 3.10. 31.10. 25.12. 26.12.");
        check(S::Thueringen, 2018, "1.1. 30.3. 2.4. 1.5. 10.5. 21.5. 3.10. 31.10. 25.12. 26.12.");
        check(S::Thueringen, 2026, "1.1. 3.4. 6.4. 1.5. 14.5. 25.5. 20.9. 3.10. 31.10. 25.12. 26.12.");
    }

    #[test]
    fn one_day() {
        let day = Day::of(2026, 11, 18);
        assert_eq!(on(Some(State::Sachsen), day), Some(Holiday::BussUndBettag));
        assert_eq!((on(Some(State::Bayern), day), on(None, day)), (None, None));
        for state in State::ALL {
            assert_eq!(on(Some(state), Day::of(2030, 4, 22)), Some(Holiday::Ostermontag));
        }
    }
}
