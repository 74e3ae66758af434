//! Which addresses webhooks may connect to: those of the public internet, and networks that the settings name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(first: u16, second: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), prefix)
}

/// What is not of the public internet: IANA's registry of IPv4 addresses for special purposes, multicast, and what is reserved.
const SPECIAL_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// The public internet is within this.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// What is not of it: protocols, among them Teredo, documentation, and 6to4, behind which may stand any IPv4 address.
const SPECIAL_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),
    v6(0x2001, 0xdb8, 32),
    v6(0x2002, 0, 16),
    v6(0x3fff, 0, 20),
];

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Of the public internet.
    Public,
    /// Of a network that the settings name.
    Own,
    /// Anything else.
    Refused,
}

/// Knows which addresses webhooks may connect to.
pub(crate) struct Guard {
    own: Vec<IpNet>,
}

impl Guard {
    /// Besides the public internet they may connect to these networks.
    pub(crate) const fn new(own: Vec<IpNet>) -> Self {
        Self { own }
    }

    pub(super) fn has_networks(&self) -> bool {
        !self.own.is_empty()
    }

    /// What an address is, as it stands: an IPv4 address within an IPv6 one is of neither.
    pub(super) fn judge(&self, address: IpAddr) -> Verdict {
        if self.own.iter().any(|network| network.contains(&address)) {
            return Verdict::Own;
        }
        let is_public = match address {
            IpAddr::V4(address) => !SPECIAL_V4.iter().any(|special| special.contains(&address)),
            IpAddr::V6(address) => {
                GLOBAL_V6.contains(&address)
                    && !SPECIAL_V6.iter().any(|special| special.contains(&address))
            }
        };
        if is_public {
            Verdict::Public
        } else {
            Verdict::Refused
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judge(address: &str) -> Verdict {
        Guard::new(Vec::new()).judge(address.parse().unwrap())
    }

    #[test]
    fn the_ends_of_what_is_special_are_refused_and_their_neighbours_are_not() {
        for network in SPECIAL_V4 {
            for end in [network.network(), network.broadcast()] {
                assert_eq!(judge(&end.to_string()), Verdict::Refused, "{end}");
            }
        }
        for network in SPECIAL_V6 {
            for end in [network.network(), network.broadcast()] {
                assert_eq!(judge(&end.to_string()), Verdict::Refused, "{end}");
            }
        }
        for public in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "203.0.114.0",
            "223.255.255.255",
            "8.8.8.8",
            "2001:200::",
            "2001:4860:4860::8888",
            "2003::1",
            "2606:4700::1111",
            "3ffe::1",
        ] {
            assert_eq!(judge(public), Verdict::Public, "{public}");
        }
    }

    #[test]
    fn only_the_networks_of_the_settings_are_ones_own() {
        let guard = Guard::new(vec![
            "10.1.0.0/16".parse().unwrap(),
            "fd00::/8".parse().unwrap(),
        ]);
        let judge = |address: &str| guard.judge(address.parse().unwrap());
        assert_eq!(judge("10.1.2.3"), Verdict::Own);
        assert_eq!(judge("fd00::1"), Verdict::Own);
        assert_eq!(judge("10.2.0.1"), Verdict::Refused);
        assert_eq!(judge("::ffff:10.1.2.3"), Verdict::Refused);
        assert_eq!(judge("8.8.8.8"), Verdict::Public);
    }

    proptest! {
        /// What std knows of addresses for special purposes is refused here too.
        #[test]
        fn no_public_address_is_one_that_std_knows_to_be_local(bits: u32) {
            let address = Ipv4Addr::from(bits);
            if Guard::new(Vec::new()).judge(address.into()) == Verdict::Public {
                prop_assert!(!address.is_private() && !address.is_loopback() && !address.is_link_local());
                prop_assert!(!address.is_broadcast() && !address.is_documentation());
                prop_assert!(!address.is_multicast() && !address.is_unspecified());
            }
        }

        #[test]
        fn no_address_that_holds_another_one_is_public(bits: u32) {
            let [a, b, c, d] = bits.to_be_bytes();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            for address in [
                Ipv4Addr::from(bits).to_ipv6_mapped(),
                Ipv4Addr::from(bits).to_ipv6_compatible(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
                Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !high, !low),
            ] {
                prop_assert_eq!(Guard::new(Vec::new()).judge(address.into()), Verdict::Refused);
            }
        }
    }
}
