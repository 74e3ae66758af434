//! The operations below `/api/deals`: each takes its caller and its input, calls one use case, and gives the answer back.

mod deals;
mod overview;
mod pipelines;
mod wire;

pub(crate) use deals::DealsApi;
pub(crate) use overview::OverviewApi;
pub(crate) use pipelines::PipelinesApi;
pub(crate) use wire::{DealsDeal, DealsPipeline};

use poem_openapi::Tags;

#[derive(Tags)]
enum Tag {
    /// What customers may buy.
    Deals,
}
