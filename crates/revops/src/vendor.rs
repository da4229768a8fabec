//! What the facades of all vendors have in common: how a client is built, and what it is made of.

/// The builder of a facade over the builder of its generated client. `$build` makes the facade of that client.
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
macro_rules! list {
    ($List:ident of $Record:ty, operation $operation:expr) => {
        impl $List {
            /// Goes on where a stream of this same list stood ([`Records::checkpoint`](crate::Records::checkpoint)).
            /// At most one page is asked for a second time, and what was handed out of it is left out. A
            /// checkpoint of another list is the stream's first item, an error; nothing is sent.
            pub fn resume(mut self, checkpoint: crate::Checkpoint) -> Self {
                self.resume = Some(checkpoint);
                self
            }

            /// The records one after the other. One that cannot be decoded is an error in its place, after which
            /// the stream goes on.
            pub fn stream(self) -> crate::Stream<$Record> {
                self.records().decoded(|odd| Err(crate::Error::rejected($operation, odd)))
            }

            /// The records one after the other; one that cannot be decoded comes as
            /// [`Rejected`](crate::Rejected) in its place.
            pub fn records(self) -> crate::Records<$Record> {
                self.paging().records()
            }

            /// The pages one after the other, each with the total if the vendor tells it.
            pub fn pages(self) -> crate::Pages<$Record> {
                self.paging().pages()
            }
        }
    };
}

pub(crate) use {builder, list};
