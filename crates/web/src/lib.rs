//! HTTP only: unpack the request, call the app, answer with a page.
