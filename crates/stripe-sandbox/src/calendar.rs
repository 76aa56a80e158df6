//! Just enough calendar to know in which month an instant lies (UTC).
//! Everything else in the sandbox counts unix seconds.

const SECONDS_A_DAY: i64 = 86_400;
const DAYS_AN_ERA: i64 = 146_097;

/// The year and the month, 1 to 12, of unix seconds.
pub(crate) fn month_of(unix: i64) -> (i64, i64) {
    // Days since 1 March of year 0: leap days then fall at the end of their year.
    let days = unix.div_euclid(SECONDS_A_DAY) + 719_468;
    let era = days.div_euclid(DAYS_AN_ERA);
    let day_of_era = days.rem_euclid(DAYS_AN_ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let month = (months_since_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month)
}

#[cfg(test)]
mod tests {
    use super::month_of;

    #[test]
    fn months_begin_and_end_on_the_right_second() {
        assert_eq!(month_of(0), (1970, 1));
        assert_eq!(month_of(951_782_399), (2000, 2));
        assert_eq!(month_of(951_868_799), (2000, 2));
        assert_eq!(month_of(951_868_800), (2000, 3));
        assert_eq!(month_of(1_798_761_599), (2026, 12));
        assert_eq!(month_of(1_798_761_600), (2027, 1));
    }
}
