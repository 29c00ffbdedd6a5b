"""scikit-learn: estimators are ordinary objects, but vectorizers for text keep an address among their attributes."""

from __future__ import annotations

from typing import Any

from cashet_jupyter.fingerprint.encoder import Encoder, register


def install() -> None:
    """Register the vectorizers, if they are imported."""
    register("sklearn.feature_extraction.text:_VectorizerMixin", encode_vectorizer)


def encode_vectorizer(enc: Encoder, vectorizer: Any) -> None:
    """A vectorizer: its attributes without `_stop_words_id`, by which it knows whether its stop words were checked."""
    enc.attributes({name: value for name, value in vars(vectorizer).items() if name != "_stop_words_id"})
