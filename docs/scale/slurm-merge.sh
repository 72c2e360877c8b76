#!/usr/bin/env bash
# Puts the shares of slurm-grade.sh together. It fails if one of them is missing or of another run.
#SBATCH --job-name=socklab-merge
#SBATCH --mem=1G
#SBATCH --time=00:05:00
#SBATCH --output=socklab-merge-%j.log
set -euo pipefail

: "${OUT:?the folder of results, as for slurm-grade.sh}"
exec socklab grade merge "$OUT"/shard-* -o "$OUT/class"
