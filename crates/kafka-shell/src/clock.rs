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

/// `EEE MMM dd HH:mm:ss zzz yyyy` in UTC, as Java dates a properties file.
pub fn java_date(wall_ms: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let days = wall_ms.div_euclid(86_400_000);
    let (year, month, day) = civil(days);
    let weekday = DAYS[days.rem_euclid(7) as usize];
    let month = MONTHS[(month - 1) as usize];
    let s = wall_ms.rem_euclid(86_400_000) / 1_000;
    let (h, m, s) = (s / 3_600, s / 60 % 60, s % 60);
    format!("{weekday} {month} {day:02} {h:02}:{m:02}:{s:02} UTC {year:04}")
}

/// The moment a text names, in milliseconds since 1970, as Kafka's tools read it:
/// `YYYY-MM-DDThh:mm:ss.sss` with `Z`, `+hh:mm` or `+hh` behind it, else UTC. What
/// follows the zone is not read.
///
/// # Errors
/// Java's message if it names none.
pub fn read_instant(text: &str) -> Result<i64, String> {
    let Some((_, time)) = text.split_once('T') else {
        return Err(
            "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format"
                .to_string(),
        );
    };
    let mut full = text.to_string();
    if !time.contains(['+', '-', 'Z']) {
        full.push('Z');
    }
    instant(&full).ok_or_else(|| format!("Unparseable date: \"{full}\""))
}

fn instant(text: &str) -> Option<i64> {
    let mut rest = text;
    let year = field(&mut rest, "-")?;
    let month = field(&mut rest, "-").filter(|month| (1..=12).contains(month))?;
    let day = field(&mut rest, "T")?;
    let hour = field(&mut rest, ":").filter(|hour| *hour < 24)?;
    let minute = field(&mut rest, ":").filter(|minute| *minute < 60)?;
    let second = field(&mut rest, ".").filter(|second| *second < 60)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ms = rest[..digits]
        .parse::<i64>()
        .ok()
        .filter(|ms| *ms < 1_000)?;
    let days = days(year, month, day);
    if civil(days) != (year, month, day) {
        return None;
    }
    let minutes = (days * 24 + hour) * 60 + minute - zone_minutes(&rest[digits..])?;
    Some((minutes * 60 + second) * 1_000 + ms)
}

/// A number and the sign behind it, taken off the front.
fn field(rest: &mut &str, end: &str) -> Option<i64> {
    let (number, after) = rest.split_once(end)?;
    *rest = after;
    let plain = (1..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    number.parse().ok().filter(|_| plain)
}

fn zone_minutes(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'Z' => return Some(0),
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let two = |text: &str| {
        let digits = text.get(..2)?;
        let plain = digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<i64>().ok().filter(|_| plain)
    };
    let hours = two(rest).filter(|hours| *hours < 24)?;
    let minutes = rest[2..].strip_prefix(':').and_then(two).unwrap_or(0);
    Some(sign * (hours * 60 + minutes))
}

/// The inverse of [`civil`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let yoe = year - era * 400;
    let mp = (month + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
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
        let date = java_date(1_795_233_735_000);
        assert_eq!(date, "Sat Nov 21 04:02:15 UTC 2026");
    }

    /// The moments of the recorded resets, and what Java refuses.
    #[test]
    fn moments_are_read_as_the_tools_read_them() {
        let at = 1_717_236_300_000;
        assert_eq!(read_instant("2024-06-01T10:05:00.000"), Ok(at));
        assert_eq!(read_instant("2024-06-01T10:05:30.500Z"), Ok(at + 30_500));
        assert_eq!(read_instant("2024-06-01T12:05:00.000+0200"), Ok(at));
        assert_eq!(read_instant("2024-06-01T12:35:00.000+02:30"), Ok(at));
        assert_eq!(read_instant("1969-12-31T23:59:59.999Z"), Ok(-1));
        assert!(read_instant("2024-06-01").is_err_and(|text| text.contains("'T'")));
        for text in [
            "2024-06-01T10:05:00",
            "2023-02-29T00:00:00.000",
            "2024-06-01T25:00:00.000",
        ] {
            let refused = format!("Unparseable date: \"{text}Z\"");
            assert_eq!(read_instant(text), Err(refused));
        }
    }
}
