//! Which of the forms of a file a caller takes.

/// How a file is sent, the smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// Those that make a file smaller.
    pub(crate) const COMPRESSED: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// As HTTP names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// How the name of a file ends that is encoded so.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    /// Whether `Accept-Encoding` names it, or all, and not with a weight of zero: RFC 9110, section 12.5.3.
    pub(crate) fn is_accepted(self, accept: &str) -> bool {
        let weight_of = |name: &str| {
            accept.split(',').find_map(|item| {
                let mut parts = item.split(';').map(str::trim);
                let is_it = parts.next()?.eq_ignore_ascii_case(name);
                is_it.then(|| weight(parts.next()))
            })
        };
        weight_of(self.name())
            .or_else(|| weight_of("*"))
            .is_some_and(|weight| weight > 0.0)
    }
}

fn weight(parameter: Option<&str>) -> f32 {
    let Some(parameter) = parameter else {
        return 1.0;
    };
    let value = parameter.strip_prefix("q=");
    let value = value.or_else(|| parameter.strip_prefix("Q="));
    value
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::Encoding::{Brotli, Gzip};

    #[test]
    fn an_encoding_is_accepted_that_is_named_or_meant_and_not_refused() {
        for (accept, brotli, gzip) in [
            ("gzip, deflate, br, zstd", true, true),
            ("gzip;q=1.0, br; q=0.5", true, true),
            ("GZIP", false, true),
            ("*", true, true),
            ("*;q=0", false, false),
            ("br;q=0, *", false, true),
            ("br;q=0.000, gzip;q=0", false, false),
            ("br;q=nonsense", false, false),
            ("brotli", false, false),
            ("", false, false),
            (",;,;;q=", false, false),
        ] {
            assert_eq!(Brotli.is_accepted(accept), brotli, "{accept}");
            assert_eq!(Gzip.is_accepted(accept), gzip, "{accept}");
        }
    }
}
