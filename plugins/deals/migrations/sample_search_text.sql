-- By the 100 samples that are kept of a column by default, a name that 40 of 100,000 deals have may look like one that a
-- hundredth has: then a sorted list of what is searched for is read by walking through all deals instead of by the index on words.
alter table deals_deals alter column search_text set statistics 500;
