//! What is done to a person across vendors: found, erased, off-boarded, compared, tracked.
//!
//! Every flow works on systems it knows by a small trait, so that a fifth vendor joins by implementing it:
//!
//! | flow | what it does | trait |
//! |---|---|---|
//! | [`find`] | says who a person is in each system that can be read | [`Directory`] |
//! | [`erase`] | deletes a person's data where a vendor offers it, and says what to do where not | [`Erasing`] |
//! | [`offboard`] | deactivates and de-provisions a member of the staff | [`Offboarding`] |
//! | [`roster`] | compares who is on the staff, by e-mail | [`Staff`] |
//! | [`track_all`] | writes what one system holds to others, as a stream | [`Target`] |
//!
//! None of them stops at the first failure: what went wrong is one line of the report, beside what went well.
//! A report serialises; give it to the same flow again, and only what is open is done. `dry_run` says what
//! would be done and changes nothing.
//!
//! Two accounts of one vendor in a flow are told apart by [`named`](Erase::named); the same name twice is refused
//! before anything is sent. What a system of one's own fails with is a [`Failed`], which anybody can make.

mod directory;
mod each;
mod erase;
mod failed;
mod find;
#[cfg(feature = "gainsight")]
mod gainsight;
#[cfg(feature = "gong")]
mod gong;
mod join;
mod offboard;
mod report;
mod roster;
mod systems;
mod track;
#[cfg(feature = "usergems")]
mod usergems;
#[cfg(feature = "userpilot")]
mod userpilot;

pub use crate::email::{Email, InvalidEmail};
pub use directory::{Directory, Findings, Identity};
pub use erase::{Erase, Erased, Erasing, erase, erase_each};
pub use failed::{Failed, Step};
pub use find::{Find, Found, find, find_each};
pub use offboard::{Offboard, Offboarded, Offboarding, offboard, offboard_each};
pub use report::{Entry, Outcome, Report};
pub use roster::{Difference, Member, Roster, RosterReport, Row, Staff, roster};
pub use systems::FlowError;
pub use track::{Target, TrackAll, TrackError, Tracked, Tracking, track_all};
