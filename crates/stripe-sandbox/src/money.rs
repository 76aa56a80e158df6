//! Amounts in a currency's smallest unit: how they are shown, and the smallest that can be charged.
//! Whole numbers only; there is no fraction of a cent anywhere in the sandbox.

/// Currencies without a smaller unit.
const ZERO_DECIMAL: [&str; 16] =
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"];

/// The largest amount of one charge, in the smallest unit.
pub(crate) const MAXIMUM: i64 = 99_999_999;

/// The smallest amount of one charge, in the smallest unit.
pub(crate) fn minimum(currency: &str) -> i64 {
    match currency {
        "gbp" => 30,
        "mxn" => 1_000,
        _ => 50,
    }
}

/// An amount as people write it: $1,163.05.
pub(crate) fn display(amount: i64, currency: &str) -> String {
    let (sign, amount) = if amount < 0 { ("-", amount.saturating_neg()) } else { ("", amount) };
    let number = if ZERO_DECIMAL.contains(&currency) {
        grouped(amount)
    } else {
        format!("{}.{:02}", grouped(amount / 100), amount % 100)
    };
    match currency {
        "usd" => format!("{sign}${number}"),
        "eur" => format!("{sign}€{number}"),
        "gbp" => format!("{sign}£{number}"),
        other => format!("{sign}{number} {}", other.to_uppercase()),
    }
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(display(16_305, "usd"), "$163.05");
        assert_eq!(display(123_456_789, "usd"), "$1,234,567.89");
        assert_eq!(display(5, "eur"), "€0.05");
        assert_eq!(display(1_000, "jpy"), "1,000 JPY");
        assert_eq!(display(-50, "usd"), "-$0.50");
    }
}
