"""WhatsApp, tried out with a partner: what must the trial show, and how long must it last?

Part of our callers would rather write. A partner would answer them, for all our products if the trial
convinces us. The trial is small: one product, and WhatsApp is offered to every third of its customers.
Before it begins we want to write down which result means "go on", and after how many weeks we may say
so without fooling ourselves.

    python scenarios/new_channel_trial.py [--replications 400] [--short]

Assumed, all of it, and before anything was played:

- The product has 150 calls on a working day. One third of these customers see the offer, and 30 % of
  those write instead of ringing: about 75 a week.
- A message is 3 minutes of work; after an answer 60 % write again, up to three times. Days are busier
  or quieter by 15 %. The partner takes 0.60 EUR a minute, and 1,500 EUR a month at least.
- A call is 5 minutes with wrap-up, by people at 25 EUR an hour and 22 % on top, of whose paid time 25 %
  is not at work and 25 % of the rest without a call.
- Of the matters that WhatsApp does not settle, 80 % ring us, a day later on average. How many it settles
  is what the trial must find out. WhatsApp pays if it costs less than the calls it saves; where that
  turns is computed, at the price after the trial, when the monthly minimum no longer matters.
- After the trial 1,500 customers a week would write. Being wrong by less than 10,000 EUR a year is not
  worth a longer trial. That says how good a good partner is, and how poor a poor one: those who would
  save, and lose, just this. A good one may be sent away, and a poor one kept, in one case of ten.
- The trial may take 12 weeks; after its last week we wait one more for those who still ring.
"""
