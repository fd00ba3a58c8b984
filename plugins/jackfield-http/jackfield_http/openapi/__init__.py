"""OpenAPI documents (https://spec.openapis.org/oas/v3.1.1), as operations."""
