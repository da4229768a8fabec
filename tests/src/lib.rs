//! Tests across the workspace.
