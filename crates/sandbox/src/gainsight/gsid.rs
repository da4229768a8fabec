//! Gainsight's ids, made from the kind of object and a number, so that they are the same in every run.

/// What has a Gsid. Its first four letters tell which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    User,
    Company,
    Person,
    TeamMember,
}

impl Object {
    fn prefix(self) -> &'static str {
        match self {
            Self::User => "1P01",
            Self::Company => "1P02",
            Self::Person => "1P03",
            Self::TeamMember => "1P04",
        }
    }

    /// Thirty-six letters and digits, as real ones are. The number stands at the end, to be read by
    /// whoever debugs.
    pub(super) fn gsid(self, number: usize, salt: u64) -> String {
        const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        // SplitMix64: neighbours do not look alike.
        let mut state = (number as u64).wrapping_add((self as u64) << 48) ^ salt;
        let mut scrambled = String::with_capacity(24);
        for _ in 0..2 {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^= mixed >> 31;
            for _ in 0..12 {
                let digit = usize::try_from(mixed % 36).unwrap_or_default();
                scrambled.push(char::from(DIGITS.get(digit).copied().unwrap_or(b'0')));
                mixed /= 36;
            }
        }
        format!("{}{scrambled}{number:08}", self.prefix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gsid_tells_its_object_and_its_number() {
        let gsid = Object::Person.gsid(42, 0);
        assert_eq!((gsid.len(), &gsid[..4], &gsid[28..]), (36, "1P03", "00000042"));
        assert_ne!(gsid[4..28], Object::User.gsid(42, 0)[4..28]);
        assert_ne!(gsid[4..28], Object::Person.gsid(43, 0)[4..28]);
        assert_ne!(gsid[4..28], Object::Person.gsid(42, 1)[4..28]);
    }
}
