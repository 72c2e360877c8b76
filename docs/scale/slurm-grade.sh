#!/usr/bin/env bash
# Grades a class on a Slurm cluster: each task of the array grades its share.
#
#   job=$(sbatch --parsable --array=0-7 --export=ALL,EXERCISE=echo-server,CLASS=$PWD/class,OUT=$PWD/out slurm-grade.sh)
#   sbatch --dependency=afterany:"$job" --export=ALL,OUT=$PWD/out slurm-merge.sh
#
# A task that was stopped goes on where it was when it is submitted again.
#SBATCH --job-name=socklab-grade
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=00:30:00
#SBATCH --output=socklab-grade-%A_%a.log
set -euo pipefail

: "${EXERCISE:?the exercise, as socklab exercise list names it}"
: "${CLASS:?the folder of the class, on storage that all nodes share}"
: "${OUT:?the folder for results, on storage that all nodes share}"

# Everybody gets the same random bytes, whichever task grades them.
seed=${SEED:-1}
# The tasks of an array may begin with any number; shares are counted from 1.
share=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN + 1))
mkdir -p -m 700 "$OUT"
exec socklab grade "$EXERCISE" "$CLASS" --shard "$share/$SLURM_ARRAY_TASK_COUNT" --seed "$seed" \
  -j "${SLURM_CPUS_PER_TASK:-1}" -o "$OUT/shard-$share"
