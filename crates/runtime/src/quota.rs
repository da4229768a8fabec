//! stub
use std::time::Duration;
use crate::Api;
/// stub
#[derive(Clone, Debug)]
pub struct Quota;
/// stub
#[derive(Debug)]
pub struct Permit;
/// stub
#[derive(Debug)]
pub enum Refused { 
    /// stub
    Exhausted { /// s
 pool: String, /// s
 wait: Duration }, /// s
 Closed }
impl Quota {
    /// stub
    pub fn of(_: &[&'static Api]) -> Self { Self }
    /// stub
    pub async fn acquire(&self, _: &str, _: Option<Duration>) -> Result<Permit, Refused> { Ok(Permit) }
    /// stub
    pub fn include(&self, _: &'static Api) {}
    /// stub
    pub fn pause(&self, _: &str, _: Duration) {}
}
