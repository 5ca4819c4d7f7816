"""Batches: the fewest, of nearly equal sizes."""

from hypothesis import given
from hypothesis import strategies as st

from api.inference import split_evenly


@given(count=st.integers(0, 300), largest=st.integers(1, 64))
def test_chunks_are_the_fewest_of_nearly_equal_sizes_and_keep_the_order(count: int, largest: int) -> None:
    texts = [str(number) for number in range(count)]
    chunks = split_evenly(texts, largest)
    sizes = [len(chunk) for chunk in chunks]
    assert [text for chunk in chunks for text in chunk] == texts
    assert len(chunks) == -(-count // largest)
    assert all(1 <= size <= largest for size in sizes)
    assert max(sizes, default=0) - min(sizes, default=0) <= 1
