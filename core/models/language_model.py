"""What is taught and scored: a causal language model of transformers, as it is or with an adapter of PEFT.

Only for annotations, so that nothing heavy is imported for a name.
"""

from typing import TYPE_CHECKING, TypeAlias

from torch import nn

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

    LanguageModel: TypeAlias = PreTrainedModel | PeftModel
else:
    LanguageModel = nn.Module
