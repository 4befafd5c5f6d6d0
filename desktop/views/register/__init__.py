"""One toolkit that draws any declared register: list, filters, form, timeline, links, attachments."""
