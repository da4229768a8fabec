//! With what a sandbox starts.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::mood::Moods;
use crate::world::World;
use crate::{Mood, Profile, Sandbox};

/// Says with what a [`Sandbox`] starts; from [`Sandbox::builder`].
#[derive(Clone, Debug)]
pub struct Builder {
    people: usize,
    seed: u64,
    moods: Moods,
    address: IpAddr,
    port: u16,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            people: 250,
            seed: 7,
            moods: Moods::default(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
        }
    }
}

impl Builder {
    /// How many people there are; 250 unless told.
    #[must_use]
    pub fn people(mut self, people: usize) -> Self {
        self.people = people;
        self
    }

    /// What the people are made from: the same seed makes the same people. 7 unless told.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Adds every mood of a profile.
    #[must_use]
    pub fn profile(self, profile: Profile) -> Self {
        profile.moods().fold(self, Self::mood)
    }

    /// Adds one mood.
    #[must_use]
    pub fn mood(mut self, mood: Mood) -> Self {
        self.moods.set(mood, true);
        self
    }

    /// The port to listen on; one that is free unless told.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The interface to listen on; loopback unless told. Whoever reaches another one can use the
    /// sandbox, whose keys are published: this is for containers and networks of tests, never
    /// for production.
    #[must_use]
    pub fn listen_not_for_production(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// Starts it, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If the port cannot be bound; the error names the address.
    pub async fn start(self) -> io::Result<Sandbox> {
        let address = SocketAddr::from((self.address, self.port));
        Sandbox::listen(address, self).await
    }

    pub(crate) fn world(&self) -> World {
        World::seeded(self.people, self.seed, self.moods.clone())
    }
}
