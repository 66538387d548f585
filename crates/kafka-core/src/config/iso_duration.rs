//! Durations as Java writes them: `PnDTnHnMn.nS`.

/// Whether the text is a duration that does not go backwards.
pub(super) fn is_duration(text: &str) -> bool {
    nanoseconds(text).is_some_and(|length| length >= 0)
}

/// The length in nanoseconds, negative if it goes backwards; `None` if the text is no
/// duration.
pub fn nanoseconds(text: &str) -> Option<i128> {
    let text = text.to_ascii_uppercase();
    let (sign, text) = signed(&text);
    let text = text.strip_prefix('P')?;
    let (days, time) = match text.split_once('T') {
        Some((days, time)) if !time.is_empty() => (days, time),
        Some(_) => return None,
        None => (text, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let mut total = 0i128;
    let mut rest = days;
    total += take(&mut rest, 'D')? * 86_400_000_000_000;
    if !rest.is_empty() {
        return None;
    }
    rest = time;
    total += take(&mut rest, 'H')? * 3_600_000_000_000;
    total += take(&mut rest, 'M')? * 60_000_000_000;
    total += take_seconds(&mut rest)?;
    rest.is_empty().then_some(sign * total)
}

fn signed(text: &str) -> (i128, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// A whole number before `unit`, taken off the front; 0 if the unit does not occur.
fn take(rest: &mut &str, unit: char) -> Option<i128> {
    let Some((number, after)) = rest.split_once(unit) else {
        return Some(0);
    };
    *rest = after;
    let (sign, digits) = signed(number);
    whole(digits).map(|number| sign * number)
}

/// Seconds with up to nine decimals, in nanoseconds.
fn take_seconds(rest: &mut &str) -> Option<i128> {
    let Some((number, after)) = rest.split_once('S') else {
        return Some(0);
    };
    *rest = after;
    let (sign, digits) = signed(number);
    let (whole_part, decimals) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    if decimals.len() > 9 {
        return None;
    }
    let nanoseconds = match decimals {
        "" => 0,
        decimals => whole(decimals)? * 10i128.pow(9 - decimals.len() as u32),
    };
    Some(sign * (whole(whole_part)? * 1_000_000_000 + nanoseconds))
}

fn whole(digits: &str) -> Option<i128> {
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    // Java's seconds are 64 bits wide; more digits overflow there too.
    digits.parse::<i64>().ok().filter(|_| plain).map(i128::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_java_reads_them() {
        assert_eq!(nanoseconds("PT1H"), Some(3_600_000_000_000));
        assert_eq!(nanoseconds("P1DT2M0.5S"), Some(86_520_500_000_000));
        assert_eq!(nanoseconds("-PT-1S"), Some(1_000_000_000));
        assert_eq!(nanoseconds("pt0s"), Some(0));
        for text in [
            "",
            "P",
            "PT",
            "P1DT",
            "1h",
            "PT1",
            "PT1M1H",
            "PTS",
            "P1H",
            "PT1.1234567890S",
        ] {
            assert_eq!(nanoseconds(text), None, "{text}");
        }
    }
}
