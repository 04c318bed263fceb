"""Members and what they may: duties by assignment, training with dates, the policy in its editions, the roster for cars.

Owns: members, assignments, completions, policy editions, roster issues. Nobody has all duties; nobody approves themselves.
Must never: know a plate, or let a lapsed training pass.

Keeps: TRAINING_BEFORE_USE, CONFIDENTIAL_DATA, ASSIGNED_MEMBERS, SUPERVISOR_MANAGES
"""
