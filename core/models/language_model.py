"""Type of a causal language model of transformers, with or without an adapter of PEFT.

For annotations only: transformers and PEFT, which are slow to import, are not loaded at run time.
"""

from typing import TYPE_CHECKING, TypeAlias

from torch import nn

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

    LanguageModel: TypeAlias = PreTrainedModel | PeftModel
else:
    LanguageModel = nn.Module
