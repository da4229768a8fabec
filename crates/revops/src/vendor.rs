//! What the facades of all vendors have in common: how a client is built, and what it is made of.

/// The builder of a facade over the builder of its generated client. `$build` makes the facade of that
/// client.
macro_rules! builder {
    (
        $Facade:ident over $Generated:ty {
            $($(#[$docs:meta])* $method:ident($($argument:ident: $kind:ty),+) => $credential:ident;)*
        }
    ) => {
        #[doc = concat!("What a [`", stringify!($Facade), "`] is built from.")]
        #[derive(Debug)]
        #[must_use]
        pub struct Builder($Generated);

        impl Builder {
            $(
                $(#[$docs])*
                pub fn $method(self, $($argument: impl Into<$kind>),+) -> Self {
                    Self(self.0.$credential($($argument),+))
                }
            )*

            /// The whole base URL, for a host of one's own or a sandbox: https, or http on loopback.
            pub fn base_url(self, base_url: impl Into<String>) -> Self {
                Self(self.0.base_url(base_url))
            }

            /// How calls are made: contract, retry, timeouts, deadline, limits.
            pub fn options(self, options: crate::Options) -> Self {
                Self(self.0.options(options))
            }

            /// What may be spent; give the quota of another client of the same account to share it.
            pub fn quota(self, quota: crate::Quota) -> Self {
                Self(self.0.quota(quota))
            }

            /// Everything else a connection can be built with: credential providers, proxies, certificates.
            pub fn connection(
                self,
                change: impl FnOnce(crate::ConnectionBuilder) -> crate::ConnectionBuilder,
            ) -> Self {
                Self(self.0.connection(change))
            }

            /// Checks everything and makes the client; nothing is sent yet.
            ///
            /// # Errors
            /// [`Kind::Invalid`](crate::Kind::Invalid) for a base URL that cannot be used or is missing,
            /// [`Kind::Credential`](crate::Kind::Credential) for a credential that no header can carry.
            pub fn build(self) -> Result<$Facade, crate::Error> {
                Ok($Facade::from(self.0.build()?))
            }
        }
    };
}

/// How a list is read, for a builder that has a method `paging` and a field `resume`.
#[cfg(any(feature = "gainsight", feature = "gong", feature = "userpilot"))]
macro_rules! list {
    ($List:ident of $Record:ty, operation $operation:expr) => {
        impl $List {
            /// Goes on where a stream of this same list stood
            /// ([`Records::checkpoint`](crate::Records::checkpoint)). At most one page is asked for a second
            /// time, and what was handed out of it is left out. A checkpoint of another list is the stream's
            /// first item, an error; nothing is sent.
            pub fn resume(mut self, checkpoint: crate::Checkpoint) -> Self {
                self.resume = Some(checkpoint);
                self
            }

            /// The records one after the other. One that cannot be decoded is an error in its place, after
            /// which the stream goes on.
            pub fn stream(self) -> crate::Stream<$Record> {
                self.records().decoded(|odd| Err(crate::Error::rejected($operation, odd)))
            }

            /// The records one after the other; one that cannot be decoded comes as
            /// [`Rejected`](crate::Rejected) in its place.
            pub fn records(self) -> crate::Records<$Record> {
                self.paging().operation($operation).records()
            }

            /// The pages one after the other, each with the total if the vendor tells it.
            pub fn pages(self) -> crate::Pages<$Record> {
                self.paging().operation($operation).pages()
            }
        }
    };
}

/// Records that are each sent by a call of their own. `$send` is given the client and the record, `$check`
/// says why a record is not sent.
#[cfg(any(feature = "usergems", feature = "userpilot"))]
macro_rules! each {
    (
        $(#[$docs:meta])*
        $Each:ident of $Item:ty => $Done:ty, sent by $send:path, checked by $check:path,
        calls $calls:literal, repeatable $repeatable:literal
    ) => {
        $(#[$docs])*
        ///
        /// What is wrong with one of them does not keep the others. Each ends in exactly one
        /// [`Outcome`](crate::Outcome), in the order of the input, and memory does not grow with the input.
        #[derive(Debug)]
        #[must_use = "nothing is sent until `send` or `stream`"]
        pub struct $Each {
            client: Client,
            records: revops_runtime::batch::Batch<$Item>,
        }

        impl $Each {
            fn new(client: Client, records: futures::stream::BoxStream<'static, $Item>) -> Self {
                // A call is repeated by its own policy, and not a second time here.
                let records = revops_runtime::batch::Batch::from_stream(records)
                    .chunks_of(1)
                    .resends(0)
                    .concurrency($calls)
                    .upsert_safe($repeatable)
                    .check($check);
                Self { client, records }
            }

            #[doc = concat!("How many calls may be under way at once; ", stringify!($calls), " unless told.")]
            /// The quota is kept however many there are. With more than one, records may arrive in any order.
            pub fn concurrency(mut self, calls: usize) -> Self {
                self.records = self.records.concurrency(calls);
                self
            }

            /// Sends all and collects what became of each, in the order of the input.
            #[must_use]
            pub fn send(self) -> futures::future::BoxFuture<'static, crate::Report<$Done>> {
                Box::pin(futures::StreamExt::collect(self.stream()))
            }

            /// Sends as the outcomes are asked for, and gives them in the order of the input, each with its
            /// index. It can be stopped at any time and tells what is then known
            /// ([`Outcomes::cancel`](crate::Outcomes::cancel)).
            pub fn stream(self) -> crate::Outcomes<$Done> {
                let Self { client, records } = self;
                records.run(move |records: Vec<$Item>| {
                    let client = client.clone();
                    async move {
                        let mut done = Vec::with_capacity(records.len());
                        for record in records {
                            done.push($send(client.clone(), record).await?);
                        }
                        Ok::<_, crate::Error>(revops_runtime::batch::ChunkReply::all_done(done))
                    }
                })
            }
        }
    };
}

#[cfg(any(feature = "gainsight", feature = "gong", feature = "usergems", feature = "userpilot"))]
pub(crate) use builder;
#[cfg(any(feature = "usergems", feature = "userpilot"))]
pub(crate) use each;
#[cfg(any(feature = "gainsight", feature = "gong", feature = "userpilot"))]
pub(crate) use list;
