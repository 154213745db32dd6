"""The Industry Data Exchange: statistics that disclose nobody.

Method
======

*One voice.* An owner group says one thing in an area about a position: the headcount-weighted mean of its
answers. It says the same at every level, so levels add up.

*Corrections.* An amount far from all others in its division (`outliers`) is held back until the shop or an
administrator confirms it. A frozen value of that shop stays as it is meanwhile.

*Blocks.* The contributions to one metric and position are parted into disjoint blocks: an area and a shop
type, an
area, a state and a type, and on to the nation. A block is safe with k owner groups or more, none over 25 %
of its
weight or value, and with the p % rule. A contribution that fits no block of its own area and type can help
its area or its state's type; it goes where it makes more cells (`plan`).

*Cells.* A published cell is a union of whole blocks: of a type's pure blocks in a place, or of all blocks
in a place.
Any difference of two cells of one night is therefore a sum of whole blocks. A cell need not hold everyone in
the place: those in blocks that reach further are counted there.

*Nights.* A block is frozen. It changes only when k owner groups bring fresh answers at once. An answer is
fresh when this organization never had it in a release before: a revert, a move, a new name of the owner, a
split, a merger or a resubmission is not fresh. Against every earlier version of the block at least k owner
groups must differ, and none may make more than 25 % of the difference; the rest waits. Withdrawals ride along.
Dominance is judged by owner group over all its areas, place by place and netted, and in every cell as well as
in every block: changes of blocks that nobody dominates can cancel out in a cell until somebody does. A block
without whose change the cell is safe then waits (`dominance`).

*Why no algebra undoes this.* Take any linear combination of cells of any nights. It is a combination of block
versions. Of those it uses, consider the change of a block that comes last: it brought fresh answers of at
least k
owner groups. They are in no earlier version of any block, and later versions do not take part, so nothing in
the combination cancels them: it holds at least k owner groups. By induction every combination that is not
empty does. Splitting a block keeps this, because pieces are only split off that would have been valid blocks
all along; merging only gives up combinations, as long as what was merged, and had been published by itself, is
never split again. Whether an answer is fresh is told by organization, metric,
position and value, so it makes no difference what an owner calls itself, and owner groups that came from one
another count once towards k.

*What is printed.* Medians as means of three or more order statistics, quartiles from 15 owner groups,
rounded; counts as bands. The all-positions composite is a fixed-weight index of printed medians.

*What this does not protect against.* Owner groups that pool what they know; shops that only pretend to be
different owners, beyond what verification catches; and figures where everyone answers alike.

Modules, in the order of a night: `frame` and `metric_kinds` (input), `outliers` (asked by real nights only, where
somebody can confirm), `contributions`, `owners`, `reshape`, `plan` and `blocks`, `admission`, `dominance`, `cells`
and `composites`, `gate`, called by `publisher`, some metrics and positions at a time (`batches`); `state` and its
`vocabulary` are kept between nights. `lines` and `index` make the frame of a real night. `simulate` and `audit` are
the tools of a data steward: python -m chalicelib.exchange. Reading: `columns`, `places` and `history` (files),
`reader`, `asking`, `lookup`, `views`, `releases`, `release_views`, `comparison`, `methodology`, `permissions`.
"""
