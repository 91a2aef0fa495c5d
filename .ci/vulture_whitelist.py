"""Names that vulture takes for unused, and who uses them. Read by vulture only, never run."""

# read by a library
add_special_tokens  # the Hugging Face tokenizer behind the protocol of core.prompts.encoding
support_avx512bf16_for_cpu  # bitsandbytes
pre_tokenizer  # tokenizers
compress_type  # zipfile
attrs  # pandas, when it writes Parquet
use_cache  # transformers
base_model_name_or_path  # peft
consolidate_datasets  # altair
row_height  # streamlit: an option of a table, named in a TypedDict
creationflags, start_new_session  # subprocess, named in a TypedDict

# read by a template of the report
population_size
extremes

# written as JSON with the whole of what they belong to
prompts  # core.lab.pretraining.train.Progress
sequences  # core.lab.bench.training.Reading
nll_permuted, kl_reverse, js, entropy_gap, rmse_of_sd  # core.comparison.figures
mae_scaled, mean_shift, sd_within, sd_between  # core.comparison.figures
simbench  # core.comparison.comparison.OverallFigures
auc_lost  # core.comparison.structure_figures.InformativeQuestion
unseen_people  # core.population.figures
main_effects_penalty, main_effects_validation_nll, teacher_validation_nll  # core.tuning.result
peak_memory_mb  # core.tuning.result

# named in a type hint that is a text
ColumnConfig

# for those who use what this project makes
StandaloneAdapter  # the Python on a model card
true_log_probabilities  # what the generated example is: the tests measure against it
prompt_text  # what bundles have to read like: the tests hold them against it
