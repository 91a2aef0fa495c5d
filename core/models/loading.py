"""Loading of base models and adapters, in full or 4-bit precision, and new LoRA adapters.

One path for the embedded model, a model of the Hugging Face Hub and a local folder:
AutoTokenizer and AutoModelForCausalLM, safetensors only, no remote code. Imports torch, so only
job processes use this module.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import nn

from core.errors import ModelError
from core.models.catalogue import EMBEDDED, BaseModel, find_base
from core.models.download import local_folder, shape_of
from core.models.language_model import LanguageModel
from core.models.memory import TIGHT, TrainingLoad, weights
from core.models.sharding import STORAGE
from core.settings import launch

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

Precision = Literal["qlora", "lora"]
ATTENTION = r".*\.(q_proj|v_proj|query_key_value|qkv_proj|c_attn)"
"""Pattern of query and value projections, by their names in the usual architectures; some have one layer
for query, key and value together."""
UNPACK_LIMIT = 200_000_000
"""Parameters up to which a model is unpacked to full precision for scoring on a processor."""


@dataclass(frozen=True)
class LoadedModel:
    """Base model with its tokenizer, origin and quantisation ("nf4 double" or None)."""

    model: "PreTrainedModel"
    tokenizer: Any
    base: BaseModel
    quantisation: str | None

    @property
    def talks(self) -> bool:
        """Whether prompts are written into a chat template: for chat models that come with one."""
        return self.base.is_chat and bool(getattr(self.tokenizer, "chat_template", None))


def load_base(name: str = EMBEDDED, adapter: Precision = "qlora", sharded: bool = False) -> LoadedModel:
    """Base model loaded for training or scoring.

    Parameters
    ----------
    name
        "embedded", a Hub id such as ``owner/model``, or a local folder.
    adapter
        "qlora" loads the linear layers in 4-bit NF4 with double quantisation; "lora" in full.
    sharded
        Load it in main memory, with 4-bit layers stored as `core.models.sharding` needs them.

    Raises
    ------
    ModelError
        If the model is not there, may not be downloaded, or has no safetensors, or if a launcher started
        several processes.
    """
    _refuse_foreign_launcher()
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = find_base(name)
    options: dict[str, Any] = {"trust_remote_code": False}
    folder = local_folder(base)
    if folder is None:
        source = base.location
        if base.revision:
            options["revision"] = base.revision
    else:  # the downloaded files themselves, without a request to the Hub
        source = str(folder)
        base = base if base.is_local else replace(base, revision=folder.name)
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    spread = None if sharded else _spread(base, adapter)
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, **options)
        model = AutoModelForCausalLM.from_pretrained(
            source,
            dtype=dtype,
            use_safetensors=True,
            device_map=spread,
            quantization_config=four_bit_config(dtype, STORAGE if sharded else torch.uint8)
            if adapter == "qlora"
            else None,
            **options,
        )
    except ImportError as error:
        raise ModelError(
            "4-bit layers do not run on this machine.",
            where=base.id,
            got=str(error).splitlines()[0],
            fix="Choose LoRA instead of QLoRA under Advanced.",
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(
            "The base model could not be loaded.",
            where=base.id,
            got=str(error).splitlines()[0],
            fix="Check the name and your access, or use the embedded model.",
        ) from error
    if adapter == "qlora":
        use_exact_four_bit(model)
    if torch.cuda.is_available() and not sharded and not spread:
        model = model.to("cuda")  # type: ignore[arg-type]  # transformers wraps the method without its self
    commit = getattr(model.config, "_commit_hash", None)
    base = replace(base, revision=base.revision or commit)
    return LoadedModel(model, tokenizer, base, "nf4 double" if adapter == "qlora" else None)


def _spread(base: BaseModel, adapter: Precision) -> str | None:
    """Device map for scoring: "auto" puts the blocks of a model too large for one GPU on all of them."""
    shape = shape_of(base)
    if torch.cuda.device_count() < 2 or shape is None:
        return None
    room = TIGHT * torch.cuda.get_device_properties(0).total_memory
    return "auto" if weights(shape, TrainingLoad(0, 0, adapter=adapter)) > room else None


def _refuse_foreign_launcher() -> None:
    """Refuse accelerate launch and torchrun, whose processes would each train alone and overwrite files."""
    started = launch()
    if started:
        raise ModelError(
            "Several processes were started that do not know of each other.",
            where="WORLD_SIZE",
            got=started.processes,
            fix="Start a command: accelerate launch -m core tune SURVEY. Its job starts as many processes.",
        )


def four_bit_config(dtype: torch.dtype, storage: torch.dtype = torch.uint8) -> Any:
    """Configuration of NF4 with double quantisation (QLoRA, arXiv 2305.14314), packed into type `storage`."""
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
        bnb_4bit_quant_storage=storage,
    )


def use_exact_four_bit(model: nn.Module) -> nn.Module:
    """Model whose 4-bit layers keep the layout with correct gradients.

    On processors with AVX512-BF16, bitsandbytes 0.50.2 repacks a 4-bit layer in place at its first
    evaluation, which rounds the scales, drops double quantisation, and makes every later gradient
    wrong without an error. Switching the fast path off makes training, evaluation and training
    again agree, on every processor.
    """
    import bitsandbytes as bnb

    for module in model.modules():
        if isinstance(module, bnb.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = False
    return model


def add_adapter(
    loaded: LoadedModel,
    *,
    rank: int,
    alpha: float | None = None,
    token_rows: list[int] | None = None,
    dropout: float = 0.0,
    modules: str = "all-linear",
    rslora: bool = False,
    dora: bool = False,
    gradient_checkpointing: bool = False,
    seed: int = 0,
) -> "PeftModel":
    """Model wrapped with new LoRA weights.

    Parameters
    ----------
    rank
        Rank of the update.
    alpha
        The update is scaled by alpha / rank; None for `rank`, a scale of 1.
    token_rows
        Token ids whose embedding rows are trained too: the lines of the survey.
    modules
        "all-linear", or "attention" for the query and value projections (as in arXiv 2106.09685).
    rslora, dora
        Variants of PEFT: rank-stabilised scale, weight decomposition.
    gradient_checkpointing
        Recompute activations in the backward pass instead of keeping them.

    Raises
    ------
    ModelError
        If the model has no such layers.
    """
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    model = loaded.model
    if loaded.quantisation:
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    if gradient_checkpointing:
        model.activation_checkpointing_enable({"use_reentrant": False})
    config = LoraConfig(
        r=rank,
        lora_alpha=rank if alpha is None else alpha,  # type: ignore[arg-type]  # peft takes any number
        lora_dropout=dropout,
        target_modules="all-linear" if modules == "all-linear" else ATTENTION,
        use_rslora=rslora,
        use_dora=dora,
        trainable_token_indices=token_rows or None,
        task_type="CAUSAL_LM",
    )
    torch.manual_seed(seed)
    try:
        return get_peft_model(model, config)
    except ValueError as error:
        raise ModelError(
            "This base model has no layers that fit the chosen ones.",
            where=loaded.base.id,
            got=modules,
            fix="Choose all linear layers under Advanced.",
        ) from error


def unpack_for_scoring(loaded: LoadedModel) -> LoadedModel:
    """Model for scoring: a small 4-bit one with its layers unpacked, which gives the same answers faster.

    Unpacking gives exactly the weights a 4-bit layer computes with in full precision. Larger models
    and those on a GPU stay packed, since unpacking costs eight times the memory.
    """
    model = loaded.model
    if loaded.quantisation is None or not _is_small(model):
        return loaded
    return replace(loaded, model=model.dequantize(dtype=torch.float32))


def _is_small(model: nn.Module) -> bool:
    weights = list(model.parameters())
    return not weights[0].is_cuda and sum(p.numel() for p in weights) <= UNPACK_LIMIT


def load_adapter(loaded: LoadedModel, folder: Path) -> LanguageModel:
    """Base model with the adapter in `folder`, in evaluation mode.

    The adapter is merged into the weights of a small full-precision base, which changes rounding only;
    never into a 4-bit base, where the sum would be quantised again.
    """
    from peft import PeftModel

    try:
        model = PeftModel.from_pretrained(loaded.model, str(folder), is_trainable=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            "The adapter does not fit the base model.", where=loaded.base.id, got=str(error).splitlines()[0]
        ) from error
    if getattr(loaded.model, "is_quantized", False) or not _is_small(loaded.model):
        return model.eval()
    return model.merge_and_unload().eval()
