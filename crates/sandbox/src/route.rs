//! From method and path to an operation.

use std::collections::BTreeMap;

use http::Method;

use crate::Vendor;
use crate::catalog::Catalog;
use crate::operation::Operation;
use crate::parameters::decode;

/// One segment of a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Static(String),
    Parameter(String),
}

/// Where a request leads.
#[derive(Debug)]
pub(crate) enum Route {
    /// To an operation, with the decoded path parameters.
    Operation(&'static Operation, BTreeMap<&'static str, String>),
    /// To a path that is published for these methods only.
    Method(Vendor, Vec<&'static Method>),
    /// Nowhere; the vendor is known if the first segment is its slug.
    Nowhere(Option<Vendor>),
}

impl Segment {
    /// The segments of a template that begins with `/`.
    pub(crate) fn parse(template: &str) -> Result<Vec<Self>, String> {
        let segments =
            template.strip_prefix('/').ok_or_else(|| format!("`{template}` does not begin with `/`"))?;
        let parse = |segment: &str| match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !name.contains(['{', '}']) => Ok(Self::Parameter(name.to_owned())),
            None if !segment.contains(['{', '}']) => Ok(Self::Static(segment.to_owned())),
            _ => Err(format!("segment `{segment}` is neither text nor one parameter")),
        };
        segments.split('/').map(parse).collect()
    }

    /// The parameter that fills the segment.
    pub(crate) fn parameter(&self) -> Option<&str> {
        match self {
            Self::Parameter(name) => Some(name),
            Self::Static(_) => None,
        }
    }
}

impl Route {
    /// Of the templates that match, the one with the earliest static segment is the path that is
    /// meant, whatever its methods are (`OpenAPI`: concrete paths are matched before templated ones).
    pub(crate) fn find(catalog: &'static Catalog, method: &Method, path: &str) -> Self {
        let Some((vendor, segments)) = split(catalog, path) else {
            return Self::Nowhere(vendor_of(path));
        };

        let matching =
            catalog.operations.iter().filter(|it| it.vendor() == vendor && fits(&it.segments, &segments));
        let best = matching.clone().map(generality).min();
        let meant: Vec<&Operation> = matching.filter(|it| Some(generality(it)) == best).collect();
        match meant.iter().find(|it| it.method == *method) {
            Some(operation) => {
                Self::Operation(operation, values(&operation.segments, &operation.segments, &segments))
            }
            None if meant.is_empty() => Self::Nowhere(Some(vendor)),
            None => Self::Method(vendor, meant.into_iter().map(|it| &it.method).collect()),
        }
    }
}

/// The vendor whose slug is the first segment.
fn vendor_of(path: &str) -> Option<Vendor> {
    let first = path.split('/').nth(1).unwrap_or_default();
    Vendor::ALL.into_iter().find(|vendor| vendor.slug() == first)
}

/// The vendor and the decoded segments below its base path.
pub(crate) fn split(catalog: &Catalog, path: &str) -> Option<(Vendor, Vec<String>)> {
    let vendor = vendor_of(path)?;
    let below = path.strip_prefix(catalog.base(vendor)).and_then(|below| below.strip_prefix('/'))?;
    Some((vendor, below.split('/').map(decode).collect::<Option<_>>()?))
}

pub(crate) fn fits(template: &[Segment], segments: &[String]) -> bool {
    template.len() == segments.len()
        && template.iter().zip(segments).all(|(template, segment)| match template {
            Segment::Static(text) => text == segment,
            Segment::Parameter(_) => true,
        })
}

/// Which segments are parameters; less is more specific.
fn generality(operation: &Operation) -> Vec<bool> {
    operation.segments.iter().map(|segment| segment.parameter().is_some()).collect()
}

/// The values that `segments` give to the parameters of `template`, by their names in `published`.
pub(crate) fn values(
    published: &'static [Segment],
    template: &[Segment],
    segments: &[String],
) -> BTreeMap<&'static str, String> {
    let pairs = template.iter().zip(segments);
    let named = pairs.filter_map(|(template, value)| {
        let mut names = published.iter().filter_map(Segment::parameter);
        Some((names.find(|name| Some(*name) == template.parameter())?, value.clone()))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(method: &Method, path: &str) -> Route {
        Route::find(Catalog::published().unwrap(), method, path)
    }

    #[test]
    fn a_static_segment_wins_over_a_parameter() {
        let route = find(&Method::POST, "/gong/v2/users/filter");
        assert!(
            matches!(route, Route::Operation(operation, _) if operation.id == "listUsersByFilter"),
            "{route:?}"
        );
        let route = find(&Method::GET, "/gong/v2/users/filter");
        assert!(
            matches!(&route, Route::Method(Vendor::Gong, allowed) if **allowed == [&Method::POST]),
            "{route:?}"
        );
    }

    #[test]
    fn a_path_parameter_is_decoded_after_the_path_is_split() {
        let route = find(&Method::GET, "/userpilot/v1/background_jobs/bulk%3Ajobs%2F1");
        assert!(
            matches!(&route, Route::Operation(_, values) if values["job_id"] == "bulk:jobs/1"),
            "{route:?}"
        );
    }

    #[test]
    fn the_base_path_belongs_to_the_route() {
        assert!(matches!(find(&Method::GET, "/gong/users"), Route::Nowhere(Some(Vendor::Gong))));
        assert!(matches!(find(&Method::GET, "/gong/v2users"), Route::Nowhere(Some(Vendor::Gong))));
        assert!(matches!(find(&Method::GET, "/v2/users"), Route::Nowhere(None)));
    }

    #[test]
    fn a_template_of_another_notation_is_refused() {
        assert_eq!(
            Segment::parse("/a/{{b}}").unwrap_err(),
            "segment `{{b}}` is neither text nor one parameter"
        );
        assert!(Segment::parse("/a/{b}.json").is_err());
    }
}
