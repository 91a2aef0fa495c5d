"""Shape of a causal language model, from which its size, memory and time follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import ModelError


@dataclass(frozen=True)
class Shape:
    """Widths of a Llama-like model.

    Attributes
    ----------
    layers, hidden, feed_forward, vocabulary
        Number of blocks, width of the residual stream, inner width of the MLP, number of tokens.
    query, key
        Outputs of the query projection, and of the key and value projections each.
    tied
        Whether the language-model head shares the embedding.
    """

    layers: int
    hidden: int
    query: int
    key: int
    feed_forward: int
    vocabulary: int
    tied: bool

    @classmethod
    def of_config(cls, config: Mapping[str, Any], where: str = "config.json") -> "Shape":
        """Shape described by a `config.json` of transformers; `where` names the file in an error.

        Raises
        ------
        ModelError
            If it does not describe a model of this kind.
        """
        config = config.get("text_config") or config
        try:
            hidden, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
            head = int(config.get("head_dim") or hidden // heads)
            return cls(
                layers=int(config["num_hidden_layers"]),
                hidden=hidden,
                query=heads * head,
                key=int(config.get("num_key_value_heads") or heads) * head,
                feed_forward=int(config.get("intermediate_size") or 4 * hidden),
                vocabulary=int(config["vocab_size"]),
                tied=bool(config.get("tie_word_embeddings", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                "The size of this model cannot be read; it may not be a causal language model.",
                where=where,
                got=f"{type(error).__name__}: {error}",
                fix="Choose a model of the Llama, Mistral, Qwen or SmolLM kind.",
            ) from None

    @property
    def linear(self) -> int:
        """Parameters of the linear layers in the blocks, which QLoRA packs into 4 bits."""
        per_layer = self.hidden * (2 * self.query + 2 * self.key + 3 * self.feed_forward)
        return self.layers * per_layer

    @property
    def embedding(self) -> int:
        """Parameters of the embedding and, unless tied, the language-model head."""
        return self.vocabulary * self.hidden * (1 if self.tied else 2)

    @property
    def parameters(self) -> int:
        """Parameters of the whole model but its norms.

        >>> llama = Shape(32, 4096, 4096, 4096, 11008, 32000, tied=False)
        >>> f"{llama.parameters / 1e9:.2f} billion"
        '6.74 billion'
        """
        return self.linear + self.embedding

    def lora(self, rank: int, modules: str = "all-linear") -> int:
        """Parameters of a LoRA update of this rank, on all linear layers or on "attention" only."""
        h, q, kv, ff = self.hidden, self.query, self.key, self.feed_forward
        widths = (h + q) + (h + kv)  # query and value projections
        if modules == "all-linear":
            widths += (h + kv) + (q + h) + 3 * (h + ff)
        return self.layers * rank * widths
