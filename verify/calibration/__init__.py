"""Is the decision code itself to be believed? Measured, not assumed: `depthlaws calibrate`.

* `nulls`: true laws through the real decision code, thousands of times: false alarms and coverage,
  beside the two rules of thumb that are in use;
* `thresholds`: draws with known means and ever heavier tails: where the doubts of `trust` must lie;
* `misses`: registered wrong laws, at each tier: how many are rejected, and how fast;
* `faults`: wrong simulators: each must turn a row red;
* `page`: the committed report of all of these.
"""
