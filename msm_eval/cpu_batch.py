"""Batched generation for long prompts on a CPU, through `transformers`' own `generate`.

A CPU is slow at long prompts for three reasons that a batch makes worse: a padding mask doubles the cost of attention, the
cache of keys and values is copied at every token, and it is copied again for each group of query heads that shares a key
head. So prompts are read one by one without padding, the cache is given room for the whole reply beforehand, and attention
over it works on the shared heads as they are. The replies are those of `generate` up to rounding (a test compares them);
benchmarks/embedded.py prints the ratio of their speeds.

    model.generate = batch_generate(model)
"""

# transformers is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from collections.abc import Callable
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface, DynamicCache
from transformers.cache_utils import DynamicLayer
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

_ATTENTION = "sdpa_grouped"


def batch_generate(model: Any) -> Callable[..., Any]:
    """`model.generate` for a left-padded batch, faster on a CPU and with less memory."""
    AttentionInterface.register(_ATTENTION, _grouped_attention)
    AttentionMaskInterface.register(_ATTENTION, sdpa_mask)
    model.set_attn_implementation(_ATTENTION)
    write = model.generate

    def generate(input_ids: Any, attention_mask: Any, **options: Any) -> Any:
        length = input_ids.shape[1] - 1  # the last token is read together with the reply
        room = int(options.get("max_new_tokens", model.generation_config.max_new_tokens or 20)) + 1
        rows, count = input_ids.shape[0], model.config.num_hidden_layers
        layers = [_RoomyLayer(rows, length, room, model) for _ in range(count)]
        shared = DynamicCache()
        shared.layers = list[Any](layers)
        for row, (ids, mask) in enumerate(zip(input_ids, attention_mask, strict=True)):
            alone = model(ids[mask.bool()][None, :-1], use_cache=True, logits_to_keep=1).past_key_values
            for layer, read in zip(layers, alone.layers, strict=True):
                layer.put(row, read.keys, read.values)
        output = write(input_ids=input_ids, attention_mask=attention_mask, past_key_values=shared, **options)
        for layer in layers:  # whoever keeps the output, as Inspect does until its next batch, keeps no cache
            layer.clear()
        return output

    return generate


class _RoomyLayer(DynamicLayer):
    """One layer of the cache, with room for the reply: a new token is written in place, nothing is copied."""

    def __init__(self, rows: int, length: int, room: int, model: Any) -> None:
        super().__init__()
        heads, width = model.config.num_key_value_heads, model.config.head_dim
        shape = (rows, heads, length + room, width)
        self._keys, self._values = (torch.zeros(shape, dtype=model.dtype, device=model.device) for _ in range(2))
        self._used = length
        self.dtype, self.device, self.is_initialized = model.dtype, model.device, True
        self._show()

    def put(self, row: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Set the prompt of one row, to the right of its padding. keys, values: (1, heads, tokens, width)"""
        start = self._used - keys.shape[2]
        self._keys[row, :, start : self._used], self._values[row, :, start : self._used] = keys[0], values[0]

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        end = self._used + key_states.shape[2]
        self._keys[:, :, self._used : end], self._values[:, :, self._used : end] = key_states, value_states
        self._used = end
        return self._show()

    def clear(self) -> None:
        """Give the memory back."""
        self._keys = self._values = self.keys = self.values = torch.empty(0)

    def _show(self) -> tuple[torch.Tensor, torch.Tensor]:
        self.keys, self.values = self._keys[:, :, : self._used], self._values[:, :, : self._used]
        return self.keys, self.values


def _grouped_attention(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attention_mask: Any, **options: Any
) -> tuple[torch.Tensor, Any]:
    """Scaled dot-product attention of one new token; anything longer goes to transformers' own.

    Args:
        query: (rows, heads, 1, width)
        key, value: (rows, key_heads, tokens, width)
        attention_mask: (rows, 1, 1, tokens), true where attended, or None
    """
    if query.shape[2] > 1:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **options)
    rows, heads, _, width = query.shape
    shared = query.reshape(rows, key.shape[1], heads // key.shape[1], width)
    scores = shared @ key.transpose(2, 3) * (options.get("scaling") or width**-0.5)
    if attention_mask is not None:
        scores = scores.masked_fill(~attention_mask, torch.finfo(scores.dtype).min)
    return (scores.softmax(-1) @ value).reshape(rows, 1, heads, width), None
