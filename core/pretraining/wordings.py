"""Words for random surveys: topics, question stems, answer scales and background fields.

Written for this project, in the register of ordinary market research, without looking at the
surveys the model is judged on. The generator mixes them freely and adds invented words, so the
model has to read what is in front of it.
"""

TOPICS: dict[str, tuple[str, ...]] = {
    "food": (
        "breakfast", "coffee", "fresh bread", "frozen meals", "organic vegetables", "chocolate", "street food",
        "cheese", "vegan burgers", "spicy sauces", "home cooking", "takeaway pizza", "fish", "ice cream", "snacks",
    ),
    "mobility": (
        "the bus", "electric cars", "cycling to work", "car sharing", "night trains", "parking fees", "motorways",
        "driving lessons", "electric scooters", "public transport", "road tolls", "hybrid cars", "long commutes",
    ),
    "media": (
        "podcasts", "newspapers", "streaming series", "radio news", "video games", "books", "cinema", "advertising",
        "documentaries", "comics", "live sports", "reality shows", "audiobooks", "news alerts",
    ),
    "technology": (
        "smart speakers", "laptops", "mobile apps", "online privacy", "cloud storage", "software updates",
        "video calls", "passwords", "robots", "artificial intelligence", "smart watches", "chat programs",
    ),
    "health": (
        "vaccines", "sleep", "the dentist", "running", "vitamins", "mental health", "hospital care", "smoking",
        "alcohol", "a balanced diet", "yoga", "health insurance", "walking outdoors", "medical check-ups",
    ),
    "money": (
        "savings", "mortgages", "credit cards", "pension plans", "taxes", "cash payments", "shares", "insurance",
        "household budgets", "loans", "charity donations", "rent", "energy bills", "minimum wages",
    ),
    "work": (
        "working from home", "overtime", "team meetings", "job security", "training courses", "your manager",
        "part-time work", "career changes", "unpaid internships", "trade unions", "open offices", "salaries",
    ),
    "society": (
        "immigration", "climate policy", "the police", "local government", "schools", "gender equality", "courts",
        "freedom of speech", "housing costs", "volunteering", "religion", "traditions", "nuclear power", "the army",
    ),
    "shopping": (
        "discounts", "loyalty cards", "supermarkets", "online shops", "second-hand clothes", "luxury brands",
        "product reviews", "home delivery", "gift vouchers", "local markets", "packaging", "returns", "sportswear",
    ),
    "travel": (
        "beach holidays", "city trips", "camping", "package tours", "airlines", "hotels", "museums", "hiking",
        "cruises", "travel guides", "airport security", "local guides", "winter holidays",
    ),
    "home": (
        "gardening", "pets", "house plants", "solar panels", "heat pumps", "furniture", "cleaning products",
        "neighbours", "recycling", "home repairs", "kitchen equipment", "family dinners", "birthday parties",
    ),
    "culture": (
        "opera", "pop music", "painting", "folk festivals", "dance", "poetry", "theatre", "street art", "fashion",
        "photography", "jazz", "board games", "the national anthem", "public holidays", "language and spelling",
    ),
}  # fmt: skip

# Scales run from the low to the high end; a question may show them in either order.
SCALES: dict[str, tuple[tuple[str, ...], ...]] = {
    "agree": (
        ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"),
        ("Strongly disagree", "Somewhat disagree", "Somewhat agree", "Strongly agree"),
        ("Disagree", "Agree"),
        ("Totally disagree", "Disagree", "Agree", "Totally agree"),
    ),
    "often": (
        ("Never", "Rarely", "Sometimes", "Often", "Always"),
        ("Never", "Less than once a month", "Once a month", "Once a week", "Several times a week", "Every day"),
        ("Not at all", "Once", "Two or three times", "More than three times"),
        ("Never", "Once in a while", "Most of the time"),
        ("Never", "Once a year or less", "A few times a year", "A few times a month", "Daily"),
    ),
    "important": (
        ("Not at all important", "Not very important", "Somewhat important", "Very important"),
        ("Very unimportant", "Unimportant", "Neutral", "Important", "Very important"),
        ("Not important", "Slightly important", "Moderately important", "Extremely important"),
    ),
    "satisfied": (
        ("Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied", "Satisfied", "Very satisfied"),
        ("Not at all satisfied", "Not too satisfied", "Fairly satisfied", "Completely satisfied"),
    ),
    "likely": (
        ("Very unlikely", "Unlikely", "Neither likely nor unlikely", "Likely", "Very likely"),
        ("Definitely not", "Probably not", "Probably", "Definitely"),
        ("Not at all likely", "Not so likely", "Somewhat likely", "Very likely", "Extremely likely"),
    ),
    "amount": (
        ("Not at all", "Not much", "Some", "A lot"),
        ("None", "A little", "A fair amount", "A great deal"),
        ("Much less", "A little less", "About the same", "A little more", "Much more"),
        ("Not at all comfortable", "Not so comfortable", "Somewhat comfortable", "Very comfortable"),
        ("0", "1", "2", "3", "4", "5 or more"),
        ("Poor", "Fair", "Good", "Very good", "Excellent"),
        ("Very bad", "Bad", "Neither good nor bad", "Good", "Very good"),
    ),
    "yesno": (("No", "Yes"),),
    "ten": (tuple(str(i) for i in range(11)), tuple(str(i) for i in range(1, 8)), tuple(str(i) for i in range(1, 6))),
}  # fmt: skip

STEMS: dict[str, tuple[str, ...]] = {
    "agree": (
        "How much do you agree: {s} should be supported more?",
        "{s} makes life better.",
        "To what extent do you agree or disagree that {s} has become too expensive?",
        "Please say whether you agree: I could not do without {s}.",
        "People worry too much about {s}. Do you agree or disagree?",
    ),
    "often": (
        "How often do you spend time on {s}?",
        "How often, if at all, do you talk with others about {s}?",
        "In the last month, how often did you choose {s}?",
        "How frequently have you thought about {s}?",
    ),
    "important": (
        "How important is {s} to you?",
        "In your opinion, how important or unimportant is {s}?",
        "When you decide, how important is {s} compared with {t}?",
    ),
    "satisfied": (
        "How satisfied are you with {s}?",
        "Overall, how satisfied or dissatisfied are you with {s}?",
    ),
    "likely": (
        "How likely are you to try {s} in the next twelve months?",
        "How likely is it that you will recommend {s} to a friend?",
        "Would you consider {s} instead of {t}?",
    ),
    "amount": (
        "How much do you care about {s}?",
        "How would you rate {s} where you live?",
        "How much do you know about {s}?",
        "Compared with last year, how much do you use {s}?",
        "How comfortable are you with {s}?",
    ),
    "yesno": (
        "Do you use {s}?",
        "Have you ever paid for {s}?",
        "Had you heard of {s} before today?",
        "Is it rude to complain about {s}?",
        "Should the government do more for {s}?",
        "Do you have {s} in your household?",
    ),
    "ten": (
        "On a scale from {lo} to {hi}, how would you rate {s}?",
        "From {lo} to {hi}: how close do you feel to {s}?",
    ),
    "choice": (
        "Which of these do you prefer?",
        "Which comes closest to your view of {s}?",
        "Which one matters most when you think about {s}?",
        "What do you usually choose?",
    ),
    "multi": (
        "Which of the following apply to you? Select all that apply.",
        "Which of these have you used in the last year?",
        "What do you like about {s}? Please select all that apply.",
    ),
    "number": (
        "How attractive is {s} to you?",
        "How strongly would you prefer {s} to {t}?",
        "What share of your free time goes to {s}, in percent?",
        "How many hours a week do you spend on {s}?",
    ),
}

DONT_KNOW = ("Don't know", "Unsure", "No opinion", "Prefer not to say", "Not applicable")

# Background fields: label spellings, then values from low to high when the field is ordered.
FIELDS: tuple[tuple[tuple[str, ...], bool, tuple[tuple[str, ...], ...]], ...] = (
    (("Gender", "Sex", "What is your gender?"), False, (
        ("Male", "Female"), ("Man", "Woman", "Non-binary"), ("Female", "Male", "Other"))),
    (("Age", "Age group", "How old are you?"), True, (
        ("18-24", "25-34", "35-44", "45-54", "55-64", "65+"), ("Under 30", "30-49", "50-64", "65 and over"),
        ("18-34", "35-54", "55+"), ("16-29", "30-44", "45-59", "60 or older"))),
    (("Education", "Highest degree", "Level of education"), True, (
        ("Primary school", "Secondary school", "Vocational training", "University degree"),
        ("No degree", "High school", "Some college", "Bachelor's degree", "Master's degree or higher"))),
    (("Household income", "Income", "Yearly income"), True, (
        ("Under $20,000", "$20,000 - $39,999", "$40,000 - $74,999", "$75,000 - $124,999", "$125,000 or more"),
        ("Low", "Middle", "High"), ("$0 - $14,999", "$15,000 - $34,999", "$35,000 - $69,999", "$70,000+"))),
    (("Region", "Where do you live?", "Part of the country"), False, (
        ("North", "South", "East", "West"), ("Northeast", "Midwest", "South", "West"),
        ("Atlantic", "Central", "Mountain", "Pacific", "Coast", "Islands"))),
    (("Area", "Type of area", "Place of residence"), True, (
        ("Rural", "Small town", "Suburb", "City"), ("Countryside", "Town", "Big city"))),
    (("Employment", "Work status", "Employment status"), False, (
        ("Employed full-time", "Employed part-time", "Self-employed", "Student", "Retired", "Not working"),
        ("Working", "Not working", "Retired"))),
    (("Marital status", "Relationship status"), False, (
        ("Single", "Married", "Divorced", "Widowed"), ("Single", "Living with a partner", "Married", "Separated"))),
    (("Children in household", "Children under 18", "Do you have children?"), True, (
        ("No", "Yes"), ("None", "One", "Two", "Three or more"))),
    (("Home ownership", "Housing"), False, (("Own", "Rent", "Other"), ("Tenant", "Owner"))),
    (("Household size", "People in the household"), True, (("1", "2", "3", "4", "5 or more"), ("One", "Two", "More"))),
    (("Political views", "Political leaning"), True, (
        ("Left", "Centre-left", "Centre", "Centre-right", "Right"), ("Liberal", "Moderate", "Conservative"))),
    (("Party", "Vote in the last election"), False, (
        ("Party A", "Party B", "Party C", "Did not vote"), ("Green", "Red", "Blue", "None"))),
    (("Religion", "Religious affiliation"), False, (
        ("Christian", "Muslim", "Jewish", "Hindu", "Buddhist", "None", "Other"),
        ("Catholic", "Protestant", "None", "Something else"))),
    (("Driving licence", "Do you own a car?"), False, (("Yes", "No"),)),
    (("Ethnic group", "Background"), False, (
        ("White", "Black", "Asian", "Hispanic", "Other"), ("Majority", "Minority"))),
    (("Occupation", "Job role"), False, (
        ("Manager", "Teacher", "Engineer", "Sales", "Craft", "Care", "Office", "Research"),)),
    (("Years of experience", "Years in the job"), True, (
        ("Less than 1 year", "1-3 years", "4-10 years", "More than 10 years"),)),
    (("Country", "Country of birth"), False, (
        ("Germany", "France", "United States", "India", "Brazil", "Japan", "Canada", "Other"),)),
    (("Language", "First language"), False, (("English", "Spanish", "German", "French", "Other"),)),
    (("Travels by plane", "How often do you travel?"), True, (("Never", "Once a year", "Several times a year"),)),
    (("Student", "Smoker", "Pet owner", "Volunteer"), False, (("Yes", "No"), ("No", "Yes"))),
)  # fmt: skip

SYLLABLES = (
    "ba be bi bo bra cal co da del di do en er fa fi flo ga gen gri ha hel in jo ka ki la le lin lo ma mer mi mo na"
    " ne no or pa pel pi pra qui ra re ri ro sa sen si so sta su ta te ti to tri ul un va ve vi vo wa wen xi yo za zi"
).split()

PLAIN_WORDS = (
    "the a of to and in is it you that he was for on are with as his they be at one have this from or had by not word"
    " but what some we can out other were all there when up use your how said an each she which do their time if will"
    " way about many then them write would like so these her long make thing see him two has look more day could go"
    " come did number sound no most people my over know water than call first who may down side been now find any new"
    " work part take get place made live where after back little only round man year came show every good me give our"
    " under name very through just form sentence great think say help low line differ turn cause much mean before"
    " move right boy old too same tell does set three want air well also play small end put home read hand port large"
    " spell add even land here must big high such follow act why ask men change went light kind off need house picture"
    " try us again animal point mother world near build self earth father head stand own page should country found"
    " answer school grow study still learn plant cover food sun four between state keep eye never last let thought"
    " city tree cross farm hard start might story saw far sea draw left late run while press close night real life few"
    " north open seem together next white children begin got walk example ease paper group always music those both mark"
    " often letter until mile river car feet care second book carry took science eat room friend began idea fish"
    " mountain stop once base hear horse cut sure watch color face wood main enough plain girl usual young ready above"
    " ever red list though feel talk bird soon body dog family direct pose leave song measure door product black short"
    " numeral class wind question happen complete ship area half rock order fire south problem piece told knew pass"
    " since top whole king space heard best hour better true during hundred five remember step early hold west ground"
    " interest reach fast verb sing listen six table travel less morning ten simple several vowel toward war lay against"
    " pattern slow center love person money serve appear road map rain rule govern pull cold notice voice unit power"
    " town fine certain fly fall lead cry dark machine note wait plan figure star box noun field rest correct able pound"
    " done beauty drive stood contain front teach week final gave green quick develop ocean warm free minute strong"
    " special mind behind clear tail produce fact street inch multiply nothing course stay wheel full force blue object"
    " decide surface deep moon island foot system busy test record boat common gold possible plane stead dry wonder"
    " laugh thousand ago ran check game shape equate hot miss brought heat snow tire bring yes distant fill east paint"
    " language among respondent survey opinion agree disagree likely unlikely important satisfied never rarely sometimes"
    " usually always neutral comfortable government public private company customer service quality price brand market"
    " household income education degree employed retired student married single female male years months weeks days"
    " percent average total amount level statement following apply select choose option please describe currently"
).split()
