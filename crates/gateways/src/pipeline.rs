//! Work under way at once whose answers go out in the order it came in: MQTT wants acknowledgements in order.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

pub(crate) struct Pipeline<'a, T> {
    slots: VecDeque<Slot<'a, T>>,
}

enum Slot<'a, T> {
    Running(Pin<Box<dyn Future<Output = T> + Send + 'a>>),
    Done(T),
}

impl<'a, T> Pipeline<'a, T> {
    pub(crate) fn new() -> Self {
        Self { slots: VecDeque::new() }
    }
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }
    pub(crate) fn push(&mut self, work: impl Future<Output = T> + Send + 'a) {
        self.slots.push_back(Slot::Running(Box::pin(work)));
    }
    pub(crate) fn push_done(&mut self, answer: T) {
        self.slots.push_back(Slot::Done(answer));
    }
    /// The oldest answer, when it is there; meanwhile all work goes on. Waits for ever on an empty pipeline.
    pub(crate) async fn next(&mut self) -> T {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        // Front to back: work that has not begun yet begins in the order of arrival.
        for slot in &mut self.slots {
            if let Slot::Running(work) = slot
                && let Poll::Ready(answer) = work.as_mut().poll(cx)
            {
                *slot = Slot::Done(answer);
            }
        }
        match self.slots.pop_front() {
            Some(Slot::Done(answer)) => Poll::Ready(answer),
            Some(running) => {
                self.slots.push_front(running);
                Poll::Pending
            }
            None => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn answers_leave_in_the_order_of_arrival() {
        let mut pipeline = Pipeline::new();
        let (first, first_done) = oneshot::channel();
        let (second, second_done) = oneshot::channel();
        pipeline.push(async move { first_done.await.unwrap() });
        pipeline.push(async move { second_done.await.unwrap() });
        pipeline.push_done(3);
        second.send(2).unwrap();
        tokio::select! {
            biased;
            early = pipeline.next() => panic!("{early} overtook the first"),
            () = tokio::task::yield_now() => {}
        }
        first.send(1).unwrap();
        assert_eq!((pipeline.next().await, pipeline.next().await, pipeline.next().await), (1, 2, 3));
        assert!(pipeline.is_empty());
    }
}
