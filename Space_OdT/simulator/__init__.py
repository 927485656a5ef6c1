"""A stateful Webex Calling organisation in a box; it imports nothing of the product.

A request goes `server` (HTTP) -> `service` (rate limit, token, faults, body types, pages, record)
-> `router` -> a handler, which reads or changes the `world`. `control` is the way around all that.

What the API answers comes from one of two places; of two routes for one path the first counts:

- `organisation/`: what is linked and has rules. People, locations, licences, numbers, workspaces,
  features, routing, devices, jobs. `entities` are the records, `organisation` and `number_plan`
  their indexes, `rules`, `licensing`, `moves` and their neighbours what may be done, `generation/`
  what there is at the start, `api/` the handlers, one file for each part of the API.
- `tables/`: everything else, as lines of data: which settings documents, lists and collections
  there are, with the rules of their bodies. `generated/` turns these lines into handlers, and
  `filling/` gives every field a plausible value that follows from the seed and the place, with the
  people, numbers and locations of the organisation where a field refers to them. Only what was
  written is stored.

A new setting is a line in `tables/`; a new rule about people, numbers or licences goes into
`organisation/`; a new kind of fault into `faults`, a new rate limit into `limiters`.
"""
