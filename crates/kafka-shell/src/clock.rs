//! Dates as Kafka's logs print them, from the world's wall clock.

/// `yyyy-MM-dd HH:mm:ss,SSS` in UTC.
pub fn log_time(wall_ms: i64) -> String {
    let (year, month, day) = civil(wall_ms.div_euclid(86_400_000));
    let ms = wall_ms.rem_euclid(86_400_000);
    let (h, m, s, ms) = (
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1_000 % 60,
        ms % 1_000,
    );
    format!("{year:04}-{month:02}-{day:02} {h:02}:{m:02}:{s:02},{ms:03}")
}

/// `HH:mm`, as `ps` prints a start time.
pub fn hour_minute(wall_ms: i64) -> String {
    let ms = wall_ms.rem_euclid(86_400_000);
    format!("{:02}:{:02}", ms / 3_600_000, ms / 60_000 % 60)
}

/// Days since 1970-01-01 to a date of the Gregorian calendar (eras of 400 years
/// that begin in March, so that the leap day is the last of its year).
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments_print_as_log4j_prints_them() {
        assert_eq!(log_time(0), "1970-01-01 00:00:00,000");
        assert_eq!(log_time(951_782_399_999), "2000-02-28 23:59:59,999");
        assert_eq!(log_time(951_782_400_000), "2000-02-29 00:00:00,000");
        assert_eq!(log_time(1_795_232_196_123), "2026-11-21 03:36:36,123");
    }
}
