//! Telling what users do. An event has no key that would find a repeat, so none is sent twice.

use futures::FutureExt;
use futures::stream::BoxStream;
use revops_userpilot::Client;
use revops_userpilot::operations::TRACK_EVENT;

use super::{Event, Property};
use crate::vendor::each;
use crate::{Call, Error, Response};

/// Something that a user did; from [`Userpilot::track`](super::Userpilot::track).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until `send`"]
pub struct TrackEvent {
    client: Client,
    event: Event,
}

impl TrackEvent {
    pub(super) fn new(client: Client, event: Event) -> Self {
        Self { client, event }
    }

    /// One property of the event: a text, a number or a boolean. All of them may take 10 KB as JSON.
    pub fn property(self, name: impl Into<String>, value: impl Into<Property>) -> Self {
        Self { event: self.event.property(name, value), ..self }
    }

    /// Sends the event, once. If the answer is lost nobody knows whether it was counted, and it is not sent
    /// again: [`Error::delivery`](crate::Error::delivery) is then
    /// [`MaybeProcessed`](crate::Delivery::MaybeProcessed).
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for an empty user id, an empty or too long name, or too many
    /// properties, nothing being sent; or by the vendor's word for a user who was never identified.
    #[must_use]
    pub fn send(self) -> Call<()> {
        track(self.client, self.event)
    }
}

each! {
    /// Events to be told, one after the other unless told otherwise, as the vendor takes the time of its
    /// arrival for that of the event; from [`Userpilot::track_all`](super::Userpilot::track_all). One whose
    /// answer was lost is [`Outcome::Unknown`](crate::Outcome::Unknown), and is not sent again.
    TrackEvents of Event => (), sent by track, checked by Event::check, calls 1, repeatable false
}

impl TrackEvents {
    pub(super) fn over(client: Client, events: BoxStream<'static, Event>) -> Self {
        Self::new(client, events)
    }
}

fn track(client: Client, event: Event) -> Call<()> {
    async move {
        event.check().map_err(|reason| Error::invalid(&TRACK_EVENT, reason))?;
        client.track_event().body(event.lower()).send().await.map(Response::into_inner)
    }
    .boxed()
}
