"""One accepted program for each task of the Socratic Debugging data, written for these tests.

An exercise package always comes with a reference; the data has only buggy programs and a fix in words. The key is
the task's name, which is the bug's id without its two numbers.
"""

REFERENCES = {
    "fibonacci": """
def fibonacci(n):
    if n <= 0:
        return "OOPS"
    before, now = 0, 1
    for _ in range(n - 1):
        before, now = now, before + now
    return now
""",
    "xnglxsh": """
def toxNGLXSH(sen):
    out = ""
    for letter in sen:
        if letter in "aeiou":
            out += "X"
        elif letter in "AEIOU":
            out += "x"
        else:
            out += letter.swapcase()
    return out
""",
    "reversing_a_list": """
def reverse_list(lst):
    out = []
    for one in lst:
        out.insert(0, one)
    return out
""",
    "used_twice": """
def isTwice(string, char):
    return string.count(char) == 2
""",
    "sequential_search": """
def search(x, seq):
    place = 0
    while place < len(seq) and seq[place] < x:
        place += 1
    return place
""",
    "substring_length": """
def substr_len(s, t):
    longest = 0
    for part in s.split(t):
        if len(part) > longest:
            longest = len(part)
    return longest
""",
    "password_validator": """
def validate_or_add_password(menu_choice, password, passwords_dict):
    known = password in passwords_dict.values()
    if menu_choice == "v":
        return "Welcome!" if known else "I don't know you."
    if known:
        return "Password already exists!"
    passwords_dict[len(passwords_dict) + 1] = password
    return "Password added!"
""",
    "word_counter": """
def count_words(sentence):
    return len(sentence.split())
""",
    "calculating_a_grade": """
def calculateGrade(hw, exams, projects, att):
    score = round(0.2 * hw + 0.4 * exams + 0.3 * projects + 0.1 * att)
    for letter, least in (("A", 90), ("B", 80), ("C", 70), ("D", 60)):
        if score >= least:
            return letter, score
    return "F", score
""",
    "spell_checker": """
def spellchecker(words, words_to_check):
    out = []
    for word in words_to_check:
        state = "spelled properly" if word in words else "misspelled"
        out.append(word + " is " + state + "!")
    return out
""",
    "cookie_purchase": """
def cookiePurchase(cookies):
    price = cookies * 1.75
    discount = 0
    if cookies > 10 and cookies % 10 == 0:
        discount = price * 0.1
    return {"discount": discount, "price": price - discount}
""",
    "insert_to_linked_list": """
class Node:
    def __init__(self, data=None, next=None):
        self.data = data
        self.next = next


def insert_after(head, prev_data, new_data):
    while head is not None and head.data != prev_data:
        head = head.next
    if head is None:
        return "Previous node is not in linked list"
    head.next = Node(new_data, head.next)
""",
    "counting_down": """
def sequenceBetween(start, end):
    step = 1 if start < end else -1
    return list(range(start, end + step, step))
""",
    "removing_even_numbers": """
def returnOdd(nums):
    return [one for one in nums if one % 2 == 1]
""",
    "compute_average": """
def calculate_average(x, y):
    total = x + y
    return total / 2
""",
    "splitting_apples": """
def split_apples(apples, children):
    return apples // children
""",
    "sorted_words": """
def get_words(s):
    found = []
    for word in s.lower().split():
        if word not in found:
            found.append(word)
    return sorted(found)
""",
    "is_even": """
def SumIsEven(a, b):
    return (a + b) % 2 == 0
""",
    "good_dinner": """
def GoodDinner(pizzas, weekend):
    if pizzas < 10:
        return False
    return weekend or pizzas <= 20
""",
    "list_range": """
def Range(array):
    return max(array) - min(array)
""",
    "last_index_of": """
def LastIndexOf(value, array):
    for i in range(len(array) - 1, -1, -1):
        if array[i] == value:
            return i
    return -1
""",
    "area_circle": """
import math


def area_circle(radius):
    if radius < 0:
        return 0
    return math.pi * radius * radius
""",
    "turning_clockwise": """
def turn_clockwise(compass_point):
    return {"N": "E", "E": "S", "S": "W", "W": "N"}.get(compass_point)
""",
    "disney_vacation_club": """
def get_years_until(target_amount):
    fee = 623
    years = 0
    while fee < target_amount:
        fee = fee * 1.015
        years += 1
    return years
""",
    "integer_grouping": """
def my_func(valList):
    groups = {}
    for key, value in valList:
        groups.setdefault(key, []).append(value)
    return groups
""",
    "calculating_determinant": """
def determinant(matrix):
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
""",
}
