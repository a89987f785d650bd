//! The two-digit number by which a person shows that they stand before the screen that asks: who was sent a
//! stranger's code does not see it.

use serde::{Deserialize, Serialize};

use crate::base::Chance;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matching {
    /// What the asking screen shows, 10 to 99.
    pub number: u8,
    /// What the person chooses from, in ascending order: the place of the right one tells nothing.
    pub choices: [u8; 3],
}

impl Matching {
    pub fn draw(chance: &Chance) -> Self {
        let number = two_digits(chance);
        let mut choices = [number; 3];
        // No two alike, and none that is another one misread.
        for at in 1..3 {
            choices[at] = std::iter::repeat_with(|| two_digits(chance))
                .find(|new| choices[..at].iter().all(|old| new != old && *new != turned(*old)))
                .unwrap_or(number);
        }
        choices.sort_unstable();
        Self { number, choices }
    }

    pub fn is(&self, chosen: &str) -> bool {
        chosen == self.number.to_string()
    }
}

fn two_digits(chance: &Chance) -> u8 {
    10 + u8::try_from(chance.below(90)).unwrap_or_default()
}

const fn turned(number: u8) -> u8 {
    number % 10 * 10 + number / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_different_numbers_and_the_right_one_among_them_anywhere() {
        let chance = Chance::seeded(1);
        let mut places = [0; 3];
        for _ in 0..3000 {
            let Matching { number, choices } = Matching::draw(&chance);
            assert!(choices.iter().all(|choice| (10..=99).contains(choice)));
            assert!(choices[0] < choices[1] && choices[1] < choices[2], "{choices:?}");
            places[choices.iter().position(|choice| *choice == number).unwrap()] += 1;
        }
        assert!(places.iter().all(|times| (850..1150).contains(times)), "{places:?}");
        let matching = Matching { number: 47, choices: [12, 47, 90] };
        assert!(matching.is("47") && !matching.is("12") && !matching.is("047") && !matching.is(""));
    }
}
