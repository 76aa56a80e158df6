//! What the program can do: one function a verb, jobs, and the errors in a user's terms.
