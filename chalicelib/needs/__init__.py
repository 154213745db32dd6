"""What the industry needs: openings that shops state, and the demand that schools see of them.

A shop's openings are seen by its own members alone. Demand is published once a night by the method of the Exchange
(disjoint blocks of five owner groups or more, none of which may dominate; batched admission; the gate), on openings
alone and with a state of its own. So a place minus its parts, or tonight minus last night, is never about fewer than
five owner groups. Printed are bands of owner groups, medians and shares in steps; no totals.

Numbers of openings are small and come back, and by the method's own rule an answer is fresh only once. Here it is so
once in half a year: an answer belongs to the half-year in which it counts. What is lost by it: a combination of three
releases or more from different half-years can hold fewer than five owner groups, of medians in steps of a half. What
is kept: any two versions of a block differ by five or more.
"""
